using System.Buffers;

namespace Cairn.Storage.Parquet.Writing;

/// <summary>One pooled array that grows to the largest length asked of it; each call hands out the same memory again.</summary>
sealed class Scratch<T> : IDisposable
    where T : unmanaged
{
    T[] array = [];

    /// <summary>An array of at least <paramref name="length"/>, its content undefined.</summary>
    public T[] Array(int length)
    {
        if (array.Length >= length) return array;
        Dispose();
        return array = ArrayPool<T>.Shared.Rent(length);
    }

    /// <summary>Exactly <paramref name="length"/> of it.</summary>
    public Span<T> Of(int length) => Array(length).AsSpan(0, length);

    public void Dispose()
    {
        if (array.Length > 0) ArrayPool<T>.Shared.Return(array);
        array = [];
    }
}
