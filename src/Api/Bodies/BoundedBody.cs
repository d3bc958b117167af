using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Bodies;

/// <summary>Reads the body of a question whole, to a limit: the web server sets none, for each vendor's door answers in its own words.</summary>
public static class BoundedBody
{
    /// <summary>Bytes set aside before anything is known of the length.</summary>
    const int FirstBytes = 4096;

    /// <summary>A claimed Content-Length is not believed beyond it.</summary>
    const int MaxFirstBytes = 64 * 1024;

    /// <returns>The bytes; null where there are more than <paramref name="maxBytes"/>, of which no more are then held.</returns>
    /// <exception cref="UnreadBodyException">Its sender was too slow, or broke the rules of HTTP.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes) return null;
        // One byte more than announced, so that the read that finds the end needs no larger buffer.
        var buffer = new byte[Math.Min(request.ContentLength ?? FirstBytes, MaxFirstBytes) + 1];
        var length = 0;
        int count;
        try
        {
            while ((count = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += count;
                if (length > maxBytes) return null;
                if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, maxBytes + 1));
            }
        }
        catch (BadHttpRequestException fault)
        {
            throw new UnreadBodyException(fault);
        }
        return buffer.AsMemory(0, length);
    }

    /// <summary>The fields of a form, be it of either kind.</summary>
    /// <exception cref="UnreadBodyException">Its sender was too slow, or broke the rules of HTTP.</exception>
    /// <exception cref="InvalidDataException">It is larger than <paramref name="maxBytes"/>, or is no form; the message says which.</exception>
    public static async ValueTask<IFormCollection> ReadFormAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        request.Body = new MemoryStream(await ReadAsync(request, maxBytes, cancellationToken) is { } bytes
            ? bytes.ToArray()
            : throw new InvalidDataException($"is larger than {maxBytes} bytes"));
        try
        {
            return await request.ReadFormAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InvalidDataException($"is a form that can't be read: {e.Message}", e);
        }
    }
}
