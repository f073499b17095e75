/* terminal.c: see terminal.h. */
#include "os/terminal.h"

#ifdef _WIN32

#include <windows.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#endif

static HANDLE handle_of(int descriptor)
{
    static const DWORD NAMES[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE,
                                  STD_ERROR_HANDLE};

    if (descriptor < 0 || descriptor > 2)
        return INVALID_HANDLE_VALUE;
    return GetStdHandle(NAMES[descriptor]);
}

bool lx_terminal_is(int descriptor)
{
    DWORD mode;

    return GetConsoleMode(handle_of(descriptor), &mode) != 0;
}

bool lx_terminal_size(int descriptor, int *columns, int *rows)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    if (!GetConsoleScreenBufferInfo(handle_of(descriptor), &info))
        return false;
    *columns = info.srWindow.Right - info.srWindow.Left + 1;
    *rows = info.srWindow.Bottom - info.srWindow.Top + 1;
    return *columns > 0 && *rows > 0;
}

bool lx_terminal_begin(int descriptor, struct lx_terminal_mode *mode)
{
    HANDLE handle = handle_of(descriptor);
    DWORD output;

    *mode = (struct lx_terminal_mode){0};
    if (!GetConsoleMode(handle, &output) ||
        !SetConsoleMode(handle, output | ENABLE_VIRTUAL_TERMINAL_PROCESSING))
        return false;
    mode->output = output;
    mode->encoding = GetConsoleOutputCP();
    SetConsoleOutputCP(CP_UTF8);
    return true;
}

void lx_terminal_end(int descriptor, const struct lx_terminal_mode *mode)
{
    SetConsoleMode(handle_of(descriptor), mode->output);
    SetConsoleOutputCP(mode->encoding);
}

/* The system counts on a thread of its own. */
static volatile LONG *stops(void)
{
    static volatile LONG global[2];

    return global;
}

static BOOL WINAPI count_stop(DWORD kind)
{
    InterlockedIncrement(&stops()[kind != CTRL_C_EVENT]);
    return TRUE;
}

bool lx_stops_catch(void)
{
    InterlockedExchange(&stops()[0], 0);
    InterlockedExchange(&stops()[1], 0);
    return SetConsoleCtrlHandler(count_stop, TRUE) != 0;
}

struct lx_stops lx_stops_count(void)
{
    return (struct lx_stops){(unsigned)stops()[0], (unsigned)stops()[1]};
}

void lx_stops_release(void)
{
    SetConsoleCtrlHandler(count_stop, FALSE);
}

#endif
