/* descriptor.h: what a host polls. */
#pragma once

#include <stdint.h>

/* A descriptor, or a socket of Windows, which is as wide as a pointer. */
typedef intptr_t lx_descriptor;
