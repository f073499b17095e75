/* download_step.h: what a download waits for. Plain data. */
#pragma once

/* What a download of a journal's entry waits for, ASKING. */
enum lx_download_question {
    LX_DOWNLOAD_MAY_BEGIN, /* its part has a name, and no byte is asked for */
    LX_DOWNLOAD_MAY_SAVE   /* all bytes are there: they may get their name */
};

enum lx_download_step {
    LX_DOWNLOAD_RUNNING, /* wait for the network */
    LX_DOWNLOAD_PAUSED,  /* a cut: call lx_download_resume at *due_ms */
    LX_DOWNLOAD_ASKING,  /* of an entry: see lx_download_question */
    LX_DOWNLOAD_SAVING,  /* wait for the disk: the network is done with */
    LX_DOWNLOAD_DONE     /* take the result */
};
