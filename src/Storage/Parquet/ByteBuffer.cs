using System.Buffers;

namespace Cairn.Storage.Parquet;

/// <summary>Bytes that grow at the end, in one pooled array. Not thread-safe; spans are valid until the next call that grows it.</summary>
sealed class ByteBuffer : IDisposable
{
    /// <summary>Bytes of the first array.</summary>
    const int InitialBytes = 16 * 1024;

    byte[] array = [];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => array.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => array.AsMemory(0, Length);

    /// <summary>Everything from <paramref name="start"/>, to be changed in place.</summary>
    public Span<byte> Slice(int start, int length) => array.AsSpan(0, Length).Slice(start, length);

    /// <summary>Room for at least <paramref name="bytes"/> behind what is written; <see cref="Advance"/> makes it part of it.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (array.Length - Length < bytes) Grow(bytes);
        return array.AsSpan(Length);
    }

    public void Advance(int bytes) => Length += bytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    public void Append(byte value)
    {
        if (Length == array.Length) Grow(1);
        array[Length++] = value;
    }

    /// <summary>Forgets what is written and keeps the memory.</summary>
    public void Clear() => Length = 0;

    public void Dispose()
    {
        if (array.Length > 0) ArrayPool<byte>.Shared.Return(array);
        array = [];
        Length = 0;
    }

    void Grow(int bytes)
    {
        var needed = checked(Length + bytes);
        var doubled = (int)Math.Min(Array.MaxLength, Math.Max(InitialBytes, array.Length * 2L));
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, doubled));
        Written.CopyTo(larger);
        if (array.Length > 0) ArrayPool<byte>.Shared.Return(array);
        array = larger;
    }
}
