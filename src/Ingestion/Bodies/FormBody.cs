namespace Cairn.Ingestion.Bodies;

/// <summary>
/// Fields of an <c>application/x-www-form-urlencoded</c> text, read and decoded in place without building a table of them.
/// </summary>
/// <remarks>
/// The plus sign is the trap: forms write a space so, but SDKs put base64 in a field without encoding it, where a plus is a
/// plus. The caller says which it is when it decodes. Names are compared as they stand, for no SDK encodes "data".
/// </remarks>
public static class FormBody
{
    /// <summary>The raw value of the first field of this name; false where there is none.</summary>
    /// <param name="form">Fields joined by ampersands; a leading question mark is left out by the caller.</param>
    /// <param name="name">For example <c>"data"u8</c>.</param>
    /// <param name="raw">A slice of <paramref name="form"/>, still encoded; empty for a field without a value.</param>
    public static bool TryFind(Memory<byte> form, ReadOnlySpan<byte> name, out Memory<byte> raw)
    {
        var found = TryFind(form.Span, name, out var range);
        raw = found ? form[range] : default;
        return found;
    }

    /// <inheritdoc cref="TryFind(Memory{byte}, ReadOnlySpan{byte}, out Memory{byte})"/>
    public static bool TryFind(ReadOnlySpan<byte> form, ReadOnlySpan<byte> name, out Range raw)
    {
        raw = default;
        var at = 0;
        while (at < form.Length)
        {
            var length = form[at..].IndexOf((byte)'&');
            if (length < 0) length = form.Length - at;
            var field = form.Slice(at, length);
            if (field.StartsWith(name) && (field.Length == name.Length || field[name.Length] == '='))
            {
                raw = Math.Min(at + name.Length + 1, at + length)..(at + length);
                return true;
            }
            at += length + 1;
        }
        return false;
    }

    /// <summary>Decodes percent signs in place.</summary>
    /// <param name="plusIsSpace">As forms write spaces; false for base64, where a plus is itself.</param>
    /// <returns>The new length. A percent sign without two hex digits stays as it is.</returns>
    public static int Decode(Span<byte> raw, bool plusIsSpace)
    {
        if (plusIsSpace) raw.Replace((byte)'+', (byte)' ');
        var read = 0;
        var write = 0;
        while (read < raw.Length)
        {
            // Whole stretches are moved at once: base64 has a percent sign every thirty characters or so.
            var plain = raw[read..].IndexOf((byte)'%');
            if (plain < 0) plain = raw.Length - read;
            if (write != read) raw.Slice(read, plain).CopyTo(raw[write..]);
            read += plain;
            write += plain;
            if (read == raw.Length) break;
            if (read + 2 < raw.Length && HexDigit(raw[read + 1]) is var high and >= 0 && HexDigit(raw[read + 2]) is var low and >= 0)
            {
                raw[write++] = (byte)(high << 4 | low);
                read += 3;
            }
            else
            {
                raw[write++] = raw[read++];
            }
        }
        return write;
    }

    static int HexDigit(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
