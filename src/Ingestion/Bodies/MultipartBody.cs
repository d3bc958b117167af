using System.Text;

namespace Cairn.Ingestion.Bodies;

/// <summary>One field of a <c>multipart/form-data</c> body (RFC 7578), as a few game and PHP clients send it.</summary>
public static class MultipartBody
{
    /// <summary>Characters of a boundary at most. Source: RFC 2046, 5.1.1.</summary>
    const int MaxBoundaryChars = 70;

    /// <summary>The value of the first part with this name; false where there is none or the content type names no boundary.</summary>
    public static bool TryFind(Memory<byte> body, string contentType, string name, out Memory<byte> value)
    {
        value = default;
        if (Boundary(contentType) is not { } boundary) return false;
        var delimiter = Encoding.ASCII.GetBytes($"--{boundary}");
        var disposition = Encoding.ASCII.GetBytes($"name=\"{name}\"");
        var at = body.Span.IndexOf(delimiter);
        while (at >= 0)
        {
            var part = body[(at + delimiter.Length)..];
            var next = part.Span.IndexOf(delimiter);
            if (next < 0) return false;
            var headersEnd = part.Span[..next].IndexOf("\r\n\r\n"u8);
            if (headersEnd >= 0 && part.Span[..headersEnd].IndexOf(disposition) >= 0)
            {
                var valueEnd = part.Span[..next].EndsWith("\r\n"u8) ? next - 2 : next;
                value = part[(headersEnd + 4)..Math.Max(headersEnd + 4, valueEnd)];
                return true;
            }
            at += delimiter.Length + next;
        }
        return false;
    }

    static string? Boundary(string contentType)
    {
        const string Key = "boundary=";
        var at = contentType.IndexOf(Key, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var boundary = contentType[(at + Key.Length)..].Split(';')[0].Trim().Trim('"');
        return boundary.Length is > 0 and <= MaxBoundaryChars ? boundary : null;
    }
}
