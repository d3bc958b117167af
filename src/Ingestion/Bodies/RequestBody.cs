using System.Buffers;
using System.Text;

namespace Cairn.Ingestion.Bodies;

/// <summary>
/// The bytes of one request, read to a limit and inflated where they are gzip, in pooled memory. What a sender got wrong is
/// a <see cref="Fault"/>; then <see cref="Bytes"/> is empty.
/// </summary>
/// <remarks>
/// The memory belongs to this object and may be changed in place by whoever decodes it (percent signs, base64, CESU-8):
/// every such decoding only shrinks.
/// </remarks>
public sealed class RequestBody : IDisposable
{
    /// <summary>Bytes rented before anything is known of the length; a claimed Content-Length is not believed beyond it.</summary>
    const int FirstRentBytes = 16 * 1024;

    readonly List<byte[]> rented = [];

    RequestBody() { }

    /// <summary>The body, inflated. Valid until <see cref="Dispose"/>.</summary>
    public Memory<byte> Bytes { get; private set; }

    /// <summary>
    /// None, or why the body was not taken: <see cref="RejectReason.BodyTooLarge"/>, <see cref="RejectReason.BodyTooSlow"/>,
    /// <see cref="RejectReason.MalformedGzip"/> or <see cref="RejectReason.InflatedTooLarge"/>.
    /// </summary>
    public RejectReason Fault { get; private set; }

    /// <summary>Reads a body to its end or to its limit.</summary>
    /// <param name="body">The request's stream; not disposed.</param>
    /// <param name="contentLength">As the header says, null where it doesn't: a body that announces too much is not read at all.</param>
    /// <param name="contentEncoding">
    /// The header, or null. Gzip is known by its first two bytes all the same, for some SDKs label it wrongly, leave the header out or send it empty.
    /// </param>
    /// <param name="limits">What is taken at most.</param>
    /// <param name="time">Measures <see cref="BodyLimits.MaxDuration"/>.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled: the client is gone.</exception>
    public static async ValueTask<RequestBody> ReadAsync(
        Stream body, long? contentLength, string? contentEncoding, BodyLimits limits, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = new RequestBody();
        if (contentLength > limits.MaxBytes)
        {
            request.Fault = RejectReason.BodyTooLarge;
            return request;
        }
        await request.FillAsync(body, contentLength, limits, time, cancellationToken).ConfigureAwait(false);
        if (request.Fault == RejectReason.None) request.Inflate(contentEncoding, limits.MaxInflatedBytes);
        return request;
    }

    /// <summary>Copies text that came beside the body, in the URL, into memory that goes back with it.</summary>
    /// <param name="text">Characters beyond ASCII become UTF-8.</param>
    public Memory<byte> Add(ReadOnlySpan<char> text)
    {
        var buffer = Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        return buffer.AsMemory(0, Encoding.UTF8.GetBytes(text, buffer));
    }

    /// <summary>Inflates a slice of the body that turned out to be gzip (gzip inside base64); itself where it is none.</summary>
    /// <returns>Empty where it could not be inflated; then <paramref name="fault"/> says why.</returns>
    public Memory<byte> InflateInner(Memory<byte> slice, int maxInflatedBytes, out RejectReason fault)
    {
        fault = RejectReason.None;
        if (!Gzip.IsGzip(slice.Span)) return slice;
        fault = Gzip.Inflate(slice, maxInflatedBytes, out var inflated, out var byteCount);
        if (inflated is null) return default;
        rented.Add(inflated);
        return inflated.AsMemory(0, byteCount);
    }

    /// <summary>Pooled memory that goes back with the body.</summary>
    public byte[] Rent(int byteCount)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(byteCount, 1));
        rented.Add(buffer);
        return buffer;
    }

    public void Dispose()
    {
        foreach (var buffer in rented) ArrayPool<byte>.Shared.Return(buffer);
        rented.Clear();
        Bytes = default;
    }

    async ValueTask FillAsync(
        Stream body, long? contentLength, BodyLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        // One byte more than announced, so that the read that finds the end needs no larger buffer.
        var buffer = Rent((int)Math.Min(contentLength + 1 ?? FirstRentBytes, FirstRentBytes));
        var length = 0;
        using var deadline = new BodyDeadline(limits.MaxDuration, time, cancellationToken);
        try
        {
            while (await ReadAsync(body, buffer.AsMemory(length), deadline).ConfigureAwait(false) is var read and > 0)
            {
                length += read;
                if (length > limits.MaxBytes)
                {
                    Fault = RejectReason.BodyTooLarge;
                    return;
                }
                if (deadline.HasPassed)
                {
                    Fault = RejectReason.BodyTooSlow;
                    return;
                }
                if (length == buffer.Length) buffer = Grow(buffer, length);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Fault = RejectReason.BodyTooSlow;
            return;
        }
        catch (IOException)
        {
            // Slower than the server's minimum rate, or a connection that broke: then nobody reads the answer.
            Fault = RejectReason.BodyTooSlow;
            return;
        }
        Bytes = buffer.AsMemory(0, length);
    }

    static ValueTask<int> ReadAsync(Stream body, Memory<byte> into, BodyDeadline deadline)
    {
        var reading = body.ReadAsync(into, deadline.Token);
        // Most bodies lie there whole when they are asked for: only one that is waited for needs a timer.
        if (!reading.IsCompleted) deadline.Start();
        return reading;
    }

    void Inflate(string? contentEncoding, int maxInflatedBytes)
    {
        if (!Gzip.IsGzip(Bytes.Span))
        {
            // A header that promises gzip over plain text is a lie we don't mind; over anything else the data is broken.
            var promised = contentEncoding is not null && contentEncoding.Contains("gzip", StringComparison.OrdinalIgnoreCase);
            if (promised && Bytes.Length > 0 && !BeginsAsText(Bytes.Span[0])) Fail(RejectReason.MalformedGzip);
            return;
        }
        var fault = Gzip.Inflate(Bytes, maxInflatedBytes, out var inflated, out var byteCount);
        if (inflated is null)
        {
            Fail(fault);
            return;
        }
        rented.Add(inflated);
        Bytes = inflated.AsMemory(0, byteCount);
    }

    void Fail(RejectReason fault)
    {
        Fault = fault;
        Bytes = default;
    }

    static bool BeginsAsText(byte first) => first is >= (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';

    byte[] Grow(byte[] buffer, int length)
    {
        var larger = Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        return larger;
    }
}
