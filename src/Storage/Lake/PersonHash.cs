using System.IO.Hashing;
using System.Text;

namespace Cairn.Storage.Lake;

/// <summary>Where a person stands among all: rows are sorted and shared out by it. The same in every process and for good.</summary>
/// <remarks>XXH3 of the id's UTF-8, seed 0; 0 for rows that say nothing of who.</remarks>
public static class PersonHash
{
    /// <summary>Characters of an id that is hashed without making garbage.</summary>
    const int MaxStackCharacters = 256;

    public static ulong Of(ReadOnlySpan<byte> utf8Person) => utf8Person.IsEmpty ? 0 : XxHash3.HashToUInt64(utf8Person);

    public static ulong Of(string person)
    {
        if (person.Length > MaxStackCharacters) return Of(Encoding.UTF8.GetBytes(person));
        Span<byte> utf8 = stackalloc byte[MaxStackCharacters * 3];
        return Of(utf8[..Encoding.UTF8.GetBytes(person, utf8)]);
    }
}
