using System.Buffers;

namespace Cairn.Storage;

/// <summary>What may be a blob's name, the same for every <see cref="IBlobStore"/>.</summary>
/// <remarks>
/// Fewer characters than Azure takes, so that a name is also a path on any file system and a part of a URL as it stands.
/// Source of the outer limit: Microsoft Learn, "Naming and referencing containers, blobs, and metadata".
/// </remarks>
public static class BlobNames
{
    /// <summary>Characters of a whole name: Azure's limit.</summary>
    public const int MaxNameLength = 1024;

    /// <summary>Characters between two slashes: what Linux, macOS and Windows file systems hold in one file name.</summary>
    public const int MaxPartLength = 255;

    static readonly SearchValues<char> PartCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~=-");

    /// <exception cref="ArgumentException">Not a name; the message says why.</exception>
    public static void Check(string name)
    {
        if (name.Length is 0 or > MaxNameLength)
            throw new ArgumentException($"A blob name has 1 to {MaxNameLength} characters; this has {name.Length}.", nameof(name));
        foreach (var part in name.AsSpan().Split('/')) CheckPart(name, name.AsSpan(part));
    }

    /// <summary>A prefix is empty, or the beginning of some name; it may end within a part or with a slash.</summary>
    /// <exception cref="ArgumentException">No name can begin with it.</exception>
    public static void CheckPrefix(string prefix)
    {
        if (prefix.Length == 0) return;
        if (prefix.Length > MaxNameLength)
            throw new ArgumentException($"A blob name has at most {MaxNameLength} characters; this prefix has {prefix.Length}.", nameof(prefix));
        var lastSlash = prefix.LastIndexOf('/');
        if (lastSlash >= 0) Check(prefix[..lastSlash]);
        if (prefix.AsSpan(lastSlash + 1).ContainsAnyExcept(PartCharacters))
            throw new ArgumentException($"No blob name begins with '{prefix}'.", nameof(prefix));
    }

    /// <summary>Whether this may stand between two slashes.</summary>
    public static bool IsPart(ReadOnlySpan<char> part) =>
        part.Length is > 0 and <= MaxPartLength && part is not ("." or "..") && !part.ContainsAnyExcept(PartCharacters);

    static void CheckPart(string name, ReadOnlySpan<char> part)
    {
        if (!IsPart(part))
        {
            throw new ArgumentException(
                $"'{part}' can't stand between slashes in the blob name '{name}': 1 to {MaxPartLength} of [A-Za-z0-9._~=-], not '.' or '..'.",
                nameof(name));
        }
    }
}
