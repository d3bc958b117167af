using System.Text;

namespace Cairn.Storage.Rows;

/// <summary>Distinct UTF-8 texts, numbered from 0 in the order of first appearance. Never changes.</summary>
/// <param name="bytes">All texts, one behind the other.</param>
/// <param name="offsets">Where text i begins; one more for the end of the last.</param>
public sealed class TextDictionary(byte[] bytes, int[] offsets)
{
    public static readonly TextDictionary Empty = new([], [0]);

    /// <summary>How many texts.</summary>
    public int Count => offsets.Length - 1;

    /// <summary>Bytes of memory it holds.</summary>
    public long MemoryBytes => bytes.Length + 4L * offsets.Length;

    /// <summary>A text by its code.</summary>
    public ReadOnlySpan<byte> this[int code] => bytes.AsSpan(offsets[code], offsets[code + 1] - offsets[code]);

    /// <summary>The same slice as memory, for those who keep it.</summary>
    public ReadOnlyMemory<byte> Memory(int code) => bytes.AsMemory(offsets[code], offsets[code + 1] - offsets[code]);

    /// <summary>A text as a string; makes a new one each time.</summary>
    public string Text(int code) => Encoding.UTF8.GetString(this[code]);

    /// <summary>The code of a text, or -1. Looks at every entry: for one question a file, not one a row.</summary>
    public int CodeOf(ReadOnlySpan<byte> utf8)
    {
        for (var code = 0; code < Count; code++)
            if (this[code].SequenceEqual(utf8)) return code;
        return -1;
    }
}
