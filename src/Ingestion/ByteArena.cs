using System.Buffers;

namespace Cairn.Ingestion;

/// <summary>Pooled memory that is handed out in small pieces and given back all at once.</summary>
public sealed class ByteArena : IDisposable
{
    /// <summary>Bytes of the first block.</summary>
    const int FirstBlockBytes = 16 * 1024;

    /// <summary>Bytes of the largest ordinary block; a longer text gets a block of its own.</summary>
    const int MaxBlockBytes = 1024 * 1024;

    readonly List<byte[]> blocks = [];
    int used;

    /// <summary>Copies <paramref name="bytes"/> in; the copy lives until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        var memory = Take(bytes.Length);
        bytes.CopyTo(memory.Span);
        return memory;
    }

    /// <summary>Copies two texts in, one behind the other.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var memory = Take(first.Length + second.Length);
        first.CopyTo(memory.Span);
        second.CopyTo(memory.Span[first.Length..]);
        return memory;
    }

    /// <summary>Uninitialised memory of exactly this length.</summary>
    public Memory<byte> Take(int length)
    {
        if (length == 0) return default;
        if (blocks.Count == 0 || blocks[^1].Length - used < length)
        {
            // Each block is twice the last: a large request takes few of them, where many small ones would be more than the pool keeps.
            var ordinary = blocks.Count == 0 ? FirstBlockBytes : Math.Min(blocks[^1].Length * 2L, MaxBlockBytes);
            blocks.Add(ArrayPool<byte>.Shared.Rent((int)Math.Max(length, ordinary)));
            used = 0;
        }
        var memory = blocks[^1].AsMemory(used, length);
        used += length;
        return memory;
    }

    public void Dispose()
    {
        foreach (var block in blocks) ArrayPool<byte>.Shared.Return(block);
        blocks.Clear();
        used = 0;
    }
}
