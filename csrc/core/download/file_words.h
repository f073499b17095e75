/* file_words.h: why the file system refused something, and what to do about
 * it, as the end of a message. Pure; any thread. */
#pragma once

#define LX_FILE_WORDS_MAX 120

/* What `number`, an errno, means to the user, without a full stop. */
void lx_file_words(int number, char words[LX_FILE_WORDS_MAX]);
