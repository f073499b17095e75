/* file.h: what the files of POSIX have in common. Any thread. */
#pragma once

#include "os/file.h"

#pragma GCC visibility push(hidden)

/* Of an errno, and of what a call returned. */
enum lx_file_reason lx_posix_reason(int number);
enum lx_file_reason lx_posix_judge(int result);

/* Have what `fd` refers to survive a power cut: 0, or -1 with errno. */
int lx_posix_sync(int fd);

#pragma GCC visibility pop
