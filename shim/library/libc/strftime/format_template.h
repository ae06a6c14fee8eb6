/* SPDX-License-Identifier: MIT */
/*
 * Template: FORMAT formats with a string of CHARACTER. Returns the length without the NUL; 0 if the format is
 * to be passed to libc, because something in it is not implemented or does not fit, or the result is empty.
 */
size_t FORMAT(CHARACTER *to, size_t capacity, const CHARACTER *format, const struct tm *tm) {
    size_t used = 0;
    for (; *format; format++) {
        if (*format != '%') {
            if (used + 1 >= capacity)
                return 0;
            to[used++] = *format;
            continue;
        }
        format++;
        const char pad = *format == '-' || *format == '_' || *format == '0' ? (char)*format++ : 0;
        struct mshim_strftime_text text;
        if ((unsigned)*format > 127 || !mshim_strftime_convert(&text, (char)*format, pad, tm) ||
            used + text.length >= capacity)
            return 0;
        for (size_t i = 0; i < text.length; i++) {
            if (sizeof *to > 1 && (unsigned char)text.bytes[i] > 127)
                return 0;
            to[used++] = (unsigned char)text.bytes[i];
        }
        if (sizeof *to > 1)
            errno = EINVAL; /* as libc leaves it, whose wcstoul finds no width */
    }
    if (used)
        to[used] = 0;
    return used;
}
