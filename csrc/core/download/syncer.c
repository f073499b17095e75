/* syncer.c: see syncer.h. On Linux the kernel's AIO does it: its fsync runs on
 * threads of the kernel, and flushes that wait for one another become one. */
#include "download/syncer.h"

#include "http/global.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

static void sync_one(struct lx_syncer_file *file)
{
    do
        file->number = fsync(file->fd) == 0 ? 0 : errno;
    while (file->number == EINTR);
}

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/aio_abi.h>) /* a package of its own somewhere */
#define HAS_AIO
#endif
#endif

#ifdef HAS_AIO

#include <linux/aio_abi.h>
#include <stdint.h>
#include <sys/syscall.h>

/* 0: the system has none to give. */
static unsigned long make_context(void)
{
    aio_context_t context = 0;

    return syscall(SYS_io_setup, LX_SYNCER_FILES_MAX, &context) == 0 ? context
                                                                     : 0;
}

static int submit(struct lx_syncer *syncer, struct iocb **list, int count)
{
    return (int)syscall(SYS_io_submit, syncer->context, (long)count, list);
}

/* How many of them, from the first, are on their way. */
static int begin(struct lx_syncer *syncer, struct iocb **list, int count)
{
    if (syncer->context == 0)
        syncer->context = lx_global_take_aio();
    if (syncer->context == 0)
        syncer->context = make_context();
    int begun = syncer->context != 0 ? submit(syncer, list, count) : -1;
    syncer->is_refused = begun < 0;
    return begun > 0 ? begun : 0;
}

/* What is not told of has failed: an error that was told once is not told
 * again. False then. */
static bool await(struct lx_syncer *syncer, struct lx_syncer_file *files,
                  int count)
{
    struct io_event events[LX_SYNCER_FILES_MAX];

    for (int i = 0; i < count; i++)
        files[i].number = EIO;
    while (count > 0) {
        int ended = (int)syscall(SYS_io_getevents, syncer->context, (long)count,
                                 (long)count, events, NULL);
        if (ended < 0 && errno != EINTR)
            return false;
        for (int i = 0; i < ended; i++)
            files[events[i].data].number = (int)-events[i].res;
        count -= ended > 0 ? ended : 0;
    }
    return true;
}

/* How many, from the first, are done. */
static int sync_together(struct lx_syncer *syncer, struct lx_syncer_file *files,
                         int count)
{
    struct iocb orders[LX_SYNCER_FILES_MAX] = {{0}};
    struct iocb *list[LX_SYNCER_FILES_MAX];

    if (count < 2 || syncer->is_refused)
        return 0;
    for (int i = 0; i < count; i++) {
        orders[i].aio_lio_opcode = IOCB_CMD_FSYNC;
        orders[i].aio_fildes = (uint32_t)files[i].fd;
        orders[i].aio_data = (unsigned long long)i;
        list[i] = &orders[i];
    }
    int begun = begin(syncer, list, count);
    if (!await(syncer, files, begun))
        syncer->is_refused = true;
    return begun;
}

void lx_syncer_deinit(struct lx_syncer *syncer)
{
    if (syncer->context != 0 &&
        (syncer->is_refused || !lx_global_keep_aio(syncer->context)))
        syscall(SYS_io_destroy, syncer->context);
    lx_syncer_init(syncer);
}

void lx_syncer_init(struct lx_syncer *syncer)
{
    *syncer = (struct lx_syncer){0};
}

#else

static int sync_together(struct lx_syncer *syncer, struct lx_syncer_file *files,
                         int count)
{
    (void)syncer;
    (void)files;
    (void)count;
    return 0;
}

void lx_syncer_deinit(struct lx_syncer *syncer)
{
    lx_syncer_init(syncer);
}

void lx_syncer_init(struct lx_syncer *syncer)
{
    *syncer = (struct lx_syncer){.is_refused = true};
}

#endif

void lx_syncer_sync(struct lx_syncer *syncer, struct lx_syncer_file *files,
                    int count)
{
    for (int i = sync_together(syncer, files, count); i < count; i++)
        sync_one(&files[i]);
}
