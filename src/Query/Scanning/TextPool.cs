using System.Buffers;
using System.Text;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Gives each different text of one column of one project a code, the same in every file. Only grows; safe for several threads.</summary>
public sealed class TextPool
{
    readonly Lock gate = new();
    readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);
    string[] entries = new string[16];
    int count;

    /// <summary>How many texts there are; codes run from 0 up to it.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>The text of a code.</summary>
    public string this[int code] => Volatile.Read(ref entries)[code];

    /// <summary>The code of a text; -1 where no row ever had it.</summary>
    public int Find(string text)
    {
        lock (gate) return codes.GetValueOrDefault(text, -1);
    }

    /// <summary>The codes of a file's texts, in their order; given to those that have none yet.</summary>
    public int[] Intern(TextDictionary texts)
    {
        var result = new int[texts.Count];
        lock (gate)
        {
            var known = codes.GetAlternateLookup<ReadOnlySpan<char>>();
            var characters = ArrayPool<char>.Shared.Rent(256);
            for (var i = 0; i < result.Length; i++)
            {
                if (characters.Length < texts[i].Length)
                {
                    ArrayPool<char>.Shared.Return(characters);
                    characters = ArrayPool<char>.Shared.Rent(texts[i].Length);
                }
                // As UTF-16 a text has at most as many characters as it has bytes.
                var text = characters.AsSpan(0, Encoding.UTF8.GetChars(texts[i], characters));
                result[i] = known.TryGetValue(text, out var code) ? code : Add(text.ToString());
            }
            ArrayPool<char>.Shared.Return(characters);
        }
        return result;
    }

    /// <summary>The code of a text, given to it where it has none yet.</summary>
    public int Intern(string text)
    {
        lock (gate) return codes.TryGetValue(text, out var code) ? code : Add(text);
    }

    int Add(string text)
    {
        if (count == entries.Length)
        {
            // Readers without the lock keep seeing the old array, which holds every code they can know.
            var larger = new string[entries.Length * 2];
            entries.CopyTo(larger, 0);
            Volatile.Write(ref entries, larger);
        }
        entries[count] = text;
        codes.Add(text, count);
        Volatile.Write(ref count, count + 1);
        return count - 1;
    }
}
