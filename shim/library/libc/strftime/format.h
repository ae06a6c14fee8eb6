/* SPDX-License-Identifier: MIT */
/*
 * A template: a whole format of CHARACTER by the function FORMAT; the length of the text without the NUL. 0
 * where it is to be left to libc: what is not known here, what does not fit, what comes out empty.
 */
size_t FORMAT(CHARACTER *to, size_t room, const CHARACTER *format, const struct tm *tm) {
    size_t used = 0;
    for (; *format; format++) {
        if (*format != '%') {
            if (used + 1 >= room)
                return 0;
            to[used++] = *format;
            continue;
        }
        format++;
        const char pad = *format == '-' || *format == '_' || *format == '0' ? (char)*format++ : 0;
        struct mshim_time_text text;
        if ((unsigned)*format > 127 || !mshim_time_convert(&text, (char)*format, pad, tm) ||
            used + text.length >= room)
            return 0;
        for (size_t i = 0; i < text.length; i++) {
            if (sizeof *to > 1 && (unsigned char)text.bytes[i] > 127)
                return 0;
            to[used++] = (unsigned char)text.bytes[i];
        }
        if (sizeof *to > 1)
            errno = EINVAL; /* as libc's leaves it, which looks for a width by wcstoul */
    }
    if (used)
        to[used] = 0;
    return used;
}
