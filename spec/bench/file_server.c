/* file_server.c: files over HTTPS on loopback: GET /<anything>/<bytes>. Serves
 * each connection on a thread of its own until the process that started it
 * ends; prints {"port":..., "pid":...}. file_server CERTIFICATE KEY (PEM).
 * LDFLAGS: -lmicrohttpd */
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { BLOCK_BYTES = 256 * 1024, PEM_BYTES_MAX = 16 * 1024 };

/* MHD's callbacks give and take its own types. */
static ssize_t fill(void *context, uint64_t position, char *out, size_t room)
{
    static const char block[BLOCK_BYTES] = "\x89PNG\r\n\x1a\n";
    size_t offset = (size_t)(position % BLOCK_BYTES);
    size_t length = BLOCK_BYTES - offset;

    (void)context;
    if (length > room)
        length = room;
    memcpy(out, block + offset, length);
    return (ssize_t)length;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection,
                              const char *url, const char *method,
                              const char *version, const char *upload,
                              size_t *upload_bytes, void **state)
{
    const char *slash = strrchr(url, '/');
    uint64_t bytes = strtoull(slash + 1, NULL, 10);

    (void)context, (void)method, (void)version, (void)upload;
    (void)upload_bytes;
    if (*state == NULL) { /* the head alone has come */
        *state = connection;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_callback(bytes, BLOCK_BYTES, fill, NULL, NULL);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "image/png");
    enum MHD_Result result =
        MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

static const char *read_pem(const char *path, char *out)
{
    FILE *file = fopen(path, "rb");
    size_t length = 0;

    if (file != NULL) {
        length = fread(out, 1, PEM_BYTES_MAX - 1, file);
        fclose(file);
    }
    out[length] = '\0';
    return out;
}

static struct MHD_Daemon *start(const char *certificate, const char *key)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD |
                                MHD_USE_THREAD_PER_CONNECTION | MHD_USE_TLS,
                            0, NULL, NULL, answer, NULL, MHD_OPTION_SOCK_ADDR,
                            &address, MHD_OPTION_HTTPS_MEM_CERT, certificate,
                            MHD_OPTION_HTTPS_MEM_KEY, key,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)(2 * BLOCK_BYTES), MHD_OPTION_END);
}

int main(int count, char **words)
{
    static char certificate[PEM_BYTES_MAX], key[PEM_BYTES_MAX];
    struct MHD_Daemon *daemon = NULL;

    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (count == 3)
        daemon =
            start(read_pem(words[1], certificate), read_pem(words[2], key));
    if (daemon == NULL) {
        fprintf(stderr, "file_server CERTIFICATE KEY: no certificate, or no "
                        "libmicrohttpd with TLS\n");
        return 1;
    }
    printf("{\"port\":%d,\"pid\":%d}\n",
           (int)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port,
           (int)getpid());
    fflush(stdout);
    for (;;)
        pause();
}
