/* storm_rig.h: this program again as several processes on one journal, and how
 * to kill them. */
#pragma once

#include "store_rig.h"

#ifdef _WIN32
#include "storm_windows.h"
#else
#include "storm_posix.h"
#endif

#define WORKERS 8
