/* version.h: the one place that holds the version. Semantic versioning: the
 * public API is what lua/liangxin/README.md documents. */
#pragma once

#define LX_VERSION "0.1.0"
