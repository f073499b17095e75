/* storm_windows.h: processes of Windows for storm_rig.h. */
#pragma once

#include "../check.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <fcntl.h>
#include <io.h>
#include <windows.h>

struct worker {
    long pid;
    HANDLE process;
    FILE *lines; /* its output */
};

static inline bool find_program(char *out, size_t capacity)
{
    DWORD length = GetModuleFileNameA(NULL, out, (DWORD)capacity);

    return length > 0 && length < capacity;
}

/* Run "program work place argument". */
static inline void start(struct worker *worker, const char *program,
                         const char *place, const char *argument)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    STARTUPINFOA how = {.cb = sizeof how, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION process;
    HANDLE from_worker;
    char command[1000];

    snprintf(command, sizeof command, "\"%s\" work \"%s\" \"%s\"", program,
             place, argument);
    CHECK(CreatePipe(&from_worker, &how.hStdOutput, &inherited, 0));
    CHECK(SetHandleInformation(from_worker, HANDLE_FLAG_INHERIT, 0));
    how.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    CHECK(CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &how,
                         &process));
    CloseHandle(how.hStdOutput);
    CloseHandle(process.hThread);
    worker->pid = (long)process.dwProcessId;
    worker->process = process.hProcess;
    worker->lines =
        _fdopen(_open_osfhandle((intptr_t)from_worker, _O_TEXT), "r");
}

/* What it ended with. */
static inline int wait_for_end(struct worker *worker)
{
    DWORD status = 1;

    CHECK_EQ(WaitForSingleObject(worker->process, INFINITE), WAIT_OBJECT_0);
    CHECK(GetExitCodeProcess(worker->process, &status));
    CloseHandle(worker->process);
    return (int)status;
}

static inline void end_by_force(struct worker *worker)
{
    CHECK(TerminateProcess(worker->process, 1));
    (void)wait_for_end(worker);
}

static inline void sleep_us(long us)
{
    Sleep((DWORD)((us + 999) / 1000));
}
