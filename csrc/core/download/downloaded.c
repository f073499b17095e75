/* downloaded.c: see downloaded.h. */
#include "download/downloaded.h"

#include <stdlib.h>

void lx_downloaded_free(struct lx_downloaded *downloaded)
{
    if (!downloaded)
        return;
    free(downloaded->path);
    free(downloaded->content_type);
    free(downloaded->location);
    free(downloaded->bytes);
    free(downloaded->warning);
    free(downloaded);
}
