using System.IO.Hashing;
using System.Text;

namespace Cairn.Storage.Rows;

/// <summary>The hash that spreads persons over files, shards and cores: XXH3 of the person's id as UTF-8, read as an unsigned number.</summary>
/// <remarks>A range of hashes is a share of the people. Files sorted by it say so with their order, so its bytes stay as they are.</remarks>
public static class PersonHash
{
    /// <summary>Characters of an id that is hashed without renting memory.</summary>
    const int MaxStackCharacters = 256;

    public static ulong Of(ReadOnlySpan<byte> utf8Person) => XxHash3.HashToUInt64(utf8Person);

    public static ulong Of(string person)
    {
        if (person.Length > MaxStackCharacters) return Of(Encoding.UTF8.GetBytes(person));
        Span<byte> utf8 = stackalloc byte[MaxStackCharacters * 3];
        return Of(utf8[..Encoding.UTF8.GetBytes(person, utf8)]);
    }
}
