using System.Buffers;

namespace Cairn.Ingestion.Bodies;

/// <summary>
/// Memory for bodies: pooled up to what ordinary requests need. Of larger pieces a few are kept weakly, for a burst to use again; the next full collection takes them,
/// where a pool would keep a dozen of each size.
/// </summary>
static class BodyBuffers
{
    /// <summary>Bytes of the largest piece that is pooled: an import of 2,000 ordinary events, inflated.</summary>
    const int MaxPooledBytes = 1024 * 1024;

    /// <summary>Large pieces remembered.</summary>
    const int LargeCount = 8;

    static readonly Lock Gate = new();
    static readonly WeakReference<byte[]>?[] Large = new WeakReference<byte[]>?[LargeCount];

    /// <summary>At least so many bytes, of any content.</summary>
    public static byte[] Rent(int byteCount) =>
        byteCount <= MaxPooledBytes ? ArrayPool<byte>.Shared.Rent(Math.Max(byteCount, 1)) : TakeLarge(byteCount) ?? GC.AllocateUninitializedArray<byte>(byteCount);

    /// <summary>Takes a piece back; it must not be used any more.</summary>
    public static void Return(byte[] buffer)
    {
        if (buffer.Length <= MaxPooledBytes) ArrayPool<byte>.Shared.Return(buffer);
        else KeepLarge(buffer);
    }

    /// <summary>A larger piece with the same beginning; the smaller one is taken back.</summary>
    public static byte[] Grow(byte[] buffer, int byteCount)
    {
        var larger = Rent(byteCount);
        buffer.CopyTo(larger, 0);
        Return(buffer);
        return larger;
    }

    static byte[]? TakeLarge(int byteCount)
    {
        lock (Gate)
        {
            for (var i = 0; i < LargeCount; i++)
            {
                if (Large[i] is not { } kept || !kept.TryGetTarget(out var buffer)) continue;
                // One that is far too long had better serve a body of its own size.
                if (buffer.Length < byteCount || buffer.Length / 2 > byteCount) continue;
                Large[i] = null;
                return buffer;
            }
        }
        return null;
    }

    static void KeepLarge(byte[] buffer)
    {
        lock (Gate)
        {
            for (var i = 0; i < LargeCount; i++)
            {
                if (Large[i] is { } kept && kept.TryGetTarget(out _)) continue;
                Large[i] = new(buffer);
                return;
            }
        }
    }
}
