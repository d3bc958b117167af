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
    readonly BodyMemory memory;
    long arrivedBytes;
    long workingBytes;

    RequestBody(BodyMemory memory) => this.memory = memory;

    /// <summary>The body, inflated. Valid until <see cref="Dispose"/>.</summary>
    public Memory<byte> Bytes { get; private set; }

    /// <summary>
    /// None, or why the body was not taken: <see cref="RejectReason.BodyTooLarge"/>, <see cref="RejectReason.BodyTooSlow"/>,
    /// <see cref="RejectReason.BrokenBody"/>, <see cref="RejectReason.MalformedGzip"/> or <see cref="RejectReason.InflatedTooLarge"/>.
    /// </summary>
    public RejectReason Fault { get; private set; }

    /// <summary>Whether too many large bodies are in work, so that this one is to be sent again later; then <see cref="Bytes"/> is empty.</summary>
    public bool HasNoRoom { get; private set; }

    /// <summary>Reads a body to its end or to its limit.</summary>
    /// <param name="body">The request's stream; not disposed.</param>
    /// <param name="contentLength">As the header says, null where it doesn't: a body that announces too much is not read at all.</param>
    /// <param name="contentEncoding">
    /// The header, or null. Gzip is known by its first two bytes all the same, for some SDKs label it wrongly, leave the header out or send it empty.
    /// </param>
    /// <param name="limits">What is taken at most.</param>
    /// <param name="time">Measures <see cref="BodyLimits.MaxDuration"/>.</param>
    /// <param name="isBroken">Whether a failed read tells of a sender that broke the rules of the protocol; else it is one that was too slow, or left.</param>
    /// <param name="mayHoldGzip">Whether text beside the body, which comes by <see cref="Add"/>, may hold gzip as well.</param>
    /// <param name="memory">Null for the process's.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled: the client is gone.</exception>
    public static async ValueTask<RequestBody> ReadAsync(
        Stream body, long? contentLength, string? contentEncoding, BodyLimits limits, TimeProvider time,
        CancellationToken cancellationToken, Func<IOException, bool>? isBroken = null, bool mayHoldGzip = false, BodyMemory? memory = null)
    {
        var request = new RequestBody(memory ?? BodyMemory.Shared);
        if (contentLength > limits.MaxBytes)
        {
            request.Fault = RejectReason.BodyTooLarge;
            return request;
        }
        try
        {
            await request.FillAsync(body, contentLength, limits, time, isBroken, cancellationToken).ConfigureAwait(false);
            if (request.Fault != RejectReason.None || request.HasNoRoom) return request;
            if (request.NeededBytes(limits.MaxInflatedBytes, mayHoldGzip) is > 0 and var needed)
            {
                if (!await request.memory.TakeAsync(needed, cancellationToken).ConfigureAwait(false))
                {
                    request.HasNoRoom = true;
                    request.Bytes = default;
                    return request;
                }
                request.workingBytes = needed;
            }
            request.Inflate(contentEncoding, limits.MaxInflatedBytes);
            request.KeepOnly(request.NeededBytes(limits.MaxInflatedBytes, mayHoldGzip));
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
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
        var buffer = BodyBuffers.Rent(byteCount);
        rented.Add(buffer);
        return buffer;
    }

    public void Dispose()
    {
        foreach (var buffer in rented) BodyBuffers.Return(buffer);
        rented.Clear();
        Bytes = default;
        KeepOnly(0);
        if (arrivedBytes > 0) memory.Left(arrivedBytes);
        arrivedBytes = 0;
    }

    /// <summary>Bytes to set aside for what is made of the body from here on: inflated, unescaped, inflated once more where it may hold gzip in base64.</summary>
    long NeededBytes(int maxInflatedBytes, bool mayHoldGzip)
    {
        if (Gzip.IsGzip(Bytes.Span)) return Math.Min(maxInflatedBytes, Gzip.MaxInflatedBytes(Bytes.Length));
        if (mayHoldGzip || Bytes.Span.IndexOf(GzipInBase64) >= 0) return maxInflatedBytes;
        return Bytes.Length > BodyMemory.SmallBytes ? Bytes.Length : 0;
    }

    static ReadOnlySpan<byte> GzipInBase64 => "H4sI"u8;

    void KeepOnly(long bytes)
    {
        if (bytes >= workingBytes) return;
        memory.GiveBack(workingBytes - bytes);
        workingBytes = bytes;
    }

    async ValueTask FillAsync(
        Stream body, long? contentLength, BodyLimits limits, TimeProvider time, Func<IOException, bool>? isBroken, CancellationToken cancellationToken)
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
                if (length < buffer.Length) continue;
                if (!TryGrow(ref buffer, limits.MaxBytes))
                {
                    HasNoRoom = true;
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Fault = RejectReason.BodyTooSlow;
            return;
        }
        catch (IOException fault)
        {
            // Slower than the server's minimum rate, or a connection that broke: then nobody reads the answer.
            Fault = isBroken?.Invoke(fault) == true ? RejectReason.BrokenBody : RejectReason.BodyTooSlow;
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

    bool TryGrow(ref byte[] buffer, int maxBytes)
    {
        // Twice what has come and no more, whatever was announced: whoever takes room has sent half of it.
        var larger = (int)Math.Min(buffer.Length * 2L, maxBytes + 1L);
        if (larger > BodyMemory.SmallBytes)
        {
            if (!memory.TryArrive(larger - arrivedBytes)) return false;
            arrivedBytes = larger;
        }
        rented.Remove(buffer);
        rented.Add(buffer = BodyBuffers.Grow(buffer, larger));
        return true;
    }
}
