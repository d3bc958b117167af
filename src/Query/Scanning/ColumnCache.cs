namespace Cairn.Query.Scanning;

/// <summary>
/// Decoded columns of immutable parts, by part and column, under a budget of bytes: what was not asked for longest goes first.
/// Parts never change, so what is cached is never wrong.
/// </summary>
public sealed class ColumnCache(long budgetBytes)
{
    readonly Lock gate = new();
    readonly Dictionary<(string Part, string Column), LinkedListNode<Entry>> entries = [];
    readonly LinkedList<Entry> byUse = [];
    long heldBytes;

    /// <summary>Memory that the kept columns take.</summary>
    public long HeldBytes { get { lock (gate) return heldBytes; } }

    /// <summary>A kept column; null where it is not.</summary>
    public T? Find<T>(string part, string column) where T : class
    {
        lock (gate)
        {
            if (!entries.TryGetValue((part, column), out var node)) return null;
            byUse.Remove(node);
            byUse.AddFirst(node);
            return (T)node.Value.Content;
        }
    }

    /// <summary>Keeps a column; larger ones than the whole budget are not kept.</summary>
    /// <returns>What is kept: the one given, or another that came first.</returns>
    public T Keep<T>(string part, string column, T content, long bytes) where T : class
    {
        lock (gate)
        {
            if (entries.TryGetValue((part, column), out var known)) return (T)known.Value.Content;
            if (bytes > budgetBytes) return content;
            entries.Add((part, column), byUse.AddFirst(new Entry(part, column, content, bytes)));
            heldBytes += bytes;
            while (heldBytes > budgetBytes && byUse.Last is { } last)
            {
                byUse.RemoveLast();
                entries.Remove((last.Value.Part, last.Value.Column));
                heldBytes -= last.Value.Bytes;
            }
            return content;
        }
    }

    sealed record Entry(string Part, string Column, object Content, long Bytes);
}
