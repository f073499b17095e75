/* process.c: see process.h. */
#include "os/process.h"

#ifndef _WIN32

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int64_t lx_process_id(void)
{
    return (int64_t)getpid();
}

void lx_process_init_once(void (*init)(void))
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, init);
}

bool lx_process_on_fork(void (*run)(void))
{
    return pthread_atfork(NULL, NULL, run) == 0;
}

bool lx_process_on_exit(void (*run)(void))
{
    return atexit(run) == 0;
}

bool lx_process_secret(void *out, size_t length)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    unsigned char *at = out;

    if (fd < 0)
        return false;
    while (length > 0) {
        ssize_t count = read(fd, at, length);
        if (count <= 0)
            break;
        at += count;
        length -= (size_t)count;
    }
    close(fd);
    return length == 0;
}

/* Of systemd and its kin; else the machine's name. */
void lx_machine_id(char *out, size_t capacity)
{
    int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
    ssize_t count = fd >= 0 ? read(fd, out, capacity - 1) : 0;

    if (fd >= 0)
        close(fd);
    out[count > 0 ? count : 0] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    if (!*out && gethostname(out, capacity) != 0)
        *out = '\0';
    out[capacity - 1] = '\0';
}

#endif
