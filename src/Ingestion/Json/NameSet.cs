using System.Buffers;

namespace Cairn.Ingestion.Json;

/// <summary>A pooled set of texts, for "is this name here already?"; holds slices, so their memory must stay.</summary>
sealed class NameSet : IDisposable
{
    ReadOnlyMemory<byte>[] slots = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(64);
    int capacity = 64;
    int count;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Array.Clear(slots, 0, capacity);
        count = 0;
    }

    /// <summary>Adds a text of at least one byte; false where it is in already.</summary>
    public bool Add(ReadOnlyMemory<byte> text)
    {
        if (count * 2 >= capacity) Grow();
        var slot = Find(text.Span);
        if (!slots[slot].IsEmpty) return false;
        slots[slot] = text;
        count++;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(slots, clearArray: true);
        slots = [];
        capacity = count = 0;
    }

    int Find(ReadOnlySpan<byte> text)
    {
        // FNV-1a: names are short, and who collides on purpose gains nothing within the limit on names.
        var hash = 2166136261u;
        foreach (var one in text) hash = (hash ^ one) * 16777619;
        var slot = (int)(hash & (uint)(capacity - 1));
        while (!slots[slot].IsEmpty && !slots[slot].Span.SequenceEqual(text)) slot = (slot + 1) & (capacity - 1);
        return slot;
    }

    void Grow()
    {
        var old = slots;
        var oldCapacity = capacity;
        capacity *= 2;
        slots = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(capacity);
        Array.Clear(slots, 0, capacity);
        for (var i = 0; i < oldCapacity; i++)
            if (!old[i].IsEmpty) slots[Find(old[i].Span)] = old[i];
        ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(old, clearArray: true);
    }
}
