using System.IO.Hashing;

namespace Cairn.Storage.Lake;

/// <summary>Where a person stands among all: rows are sorted and shared out by it. The same in every process and for good.</summary>
/// <remarks>XXH3 of the id's UTF-8, seed 0; 0 for rows that say nothing of who.</remarks>
public static class PersonHash
{
    public static ulong Of(ReadOnlySpan<byte> utf8Person) => utf8Person.IsEmpty ? 0 : XxHash3.HashToUInt64(utf8Person);
}
