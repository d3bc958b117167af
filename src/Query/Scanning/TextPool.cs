namespace Cairn.Query.Scanning;

/// <summary>Gives each different text of one column of one project a code, the same in every file. Only grows; safe for several threads.</summary>
public sealed class TextPool
{
    readonly Lock gate = new();
    readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);
    string[] entries = new string[16];

    /// <summary>How many texts there are; codes run from 0 up to it.</summary>
    public int Count { get; private set; }

    /// <summary>The text of a code.</summary>
    public string this[int code] => entries[code];

    /// <summary>The code of a text; -1 where no row ever had it.</summary>
    public int Find(string text)
    {
        lock (gate) return codes.GetValueOrDefault(text, -1);
    }

    /// <summary>The codes of several texts, given to those that have none yet.</summary>
    public int[] Intern(IReadOnlyList<string> texts)
    {
        var result = new int[texts.Count];
        lock (gate)
            for (var i = 0; i < result.Length; i++) result[i] = CodeOf(texts[i]);
        return result;
    }

    /// <summary>The code of a text, given to it where it has none yet.</summary>
    public int Intern(string text)
    {
        lock (gate) return CodeOf(text);
    }

    int CodeOf(string text)
    {
        if (codes.TryGetValue(text, out var code)) return code;
        if (Count == entries.Length)
        {
            // Readers without the lock keep seeing the old array, which holds every code they can know.
            var larger = new string[entries.Length * 2];
            entries.CopyTo(larger, 0);
            Volatile.Write(ref entries, larger);
        }
        entries[Count] = text;
        codes.Add(text, Count);
        return Count++;
    }
}
