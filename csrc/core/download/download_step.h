/* download_step.h: what a download waits for. Plain data. */
#pragma once

enum lx_download_step {
    LX_DOWNLOAD_RUNNING, /* wait for the network */
    LX_DOWNLOAD_PAUSED,  /* a cut: call lx_download_resume at *due_ms */
    LX_DOWNLOAD_SAVING,  /* wait for the disk: the network is done with */
    LX_DOWNLOAD_DONE     /* take the result */
};
