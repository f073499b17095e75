/* forget_preload.c: preloaded after a sanitizer's runtime, so that what the
 * process starts does not inherit it: ThreadSanitizer crashes every shell. */
#include <stdlib.h>

__attribute__((constructor)) static void forget_preload(void)
{
    unsetenv("LD_PRELOAD");
}
