using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cairn.Storage.Recent.SetAside;

/// <summary>Recent files that were torn or altered: moved out of the way with the reason, and taken back once they are mended.</summary>
/// <remarks>
/// <code>
/// set-aside/{the name below recent/}          the bytes as they were found
/// set-aside/{the name below recent/}.json     {"version": 1, "reason": "…", "at": "…", "bytes": 4711}
/// </code>
/// Moving is copying, noting, deleting, in this order, so that one that dies in between is done again by the next. Meaning: docs/operations/set-aside.md.
/// </remarks>
public sealed partial class SetAsideFiles(IBlobStore blobs, TimeProvider clock)
{
    public const string Folder = "set-aside/";

    const string NoteSuffix = ".json";

    const int FormatVersion = 1;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Sets the recent files aside that a fault speaks of, where they are damaged indeed.</summary>
    /// <returns>Those that were.</returns>
    public async Task<IReadOnlyList<SetAsideFile>> SetAsideAsync(Exception fault, CancellationToken cancellationToken)
    {
        var aside = new List<SetAsideFile>();
        foreach (var name in RecentName().Matches(fault.Message).Select(match => match.Value).Distinct(StringComparer.Ordinal))
        {
            if (await blobs.ReadAsync(name, cancellationToken) is not { } content) continue;
            if (await RecentFileCheck.FaultOfAsync(name, content.Bytes, cancellationToken) is not { } reason) continue;
            var file = new SetAsideFile(NameOf(name), name, reason, clock.GetUtcNow(), content.Bytes.Length);
            await blobs.PutAsync(file.Name, content.Bytes, PutCondition.None, cancellationToken);
            await blobs.PutAsync(file.Name + NoteSuffix, JsonSerializer.SerializeToUtf8Bytes(new Note(FormatVersion, reason, file.At, file.ByteCount), Json), PutCondition.None, cancellationToken);
            await blobs.DeleteAsync(name, cancellationToken);
            aside.Add(file);
        }
        return aside;
    }

    /// <summary>All files that were set aside, by name.</summary>
    public async IAsyncEnumerable<SetAsideFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in blobs.ListAsync(Folder, after: null, cancellationToken))
            if (entry.Name.EndsWith(NoteSuffix, StringComparison.Ordinal) && await FindAsync(entry.Name[..^NoteSuffix.Length], cancellationToken) is { } file) yield return file;
    }

    /// <summary>One of them; null where there is none of this name.</summary>
    /// <exception cref="InvalidDataException">Its note can't be read.</exception>
    public async Task<SetAsideFile?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (!name.StartsWith(Folder, StringComparison.Ordinal) || await blobs.ReadAsync(name + NoteSuffix, cancellationToken) is not { } content) return null;
        try
        {
            return JsonSerializer.Deserialize<Note>(content.Bytes.Span, Json) is { Version: FormatVersion } note
                ? new(name, RecentLayout.Folder + name[Folder.Length..], note.Reason, note.At, note.Bytes)
                : throw new InvalidDataException($"{name}{NoteSuffix} is of no version that is read here");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{name}{NoteSuffix} is torn or altered: {fault.Message}", fault);
        }
    }

    /// <summary>The bytes of one; null where there are none.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string name, CancellationToken cancellationToken) =>
        name.StartsWith(Folder, StringComparison.Ordinal) && await blobs.ReadAsync(name, cancellationToken) is { } content ? content.Bytes : (ReadOnlyMemory<byte>?)null;

    /// <summary>Takes a file back whose bytes were mended where they lie; what its rows have in common with rows that are there counts once.</summary>
    /// <returns>What is still wrong with it, and then it stays; null where it was taken back.</returns>
    /// <exception cref="FileNotFoundException">There is none of this name.</exception>
    /// <remarks>
    /// The table may hold messages past those of the file by now, and its watermark would leave these out; so the file comes back as a stream of its own, named by its content: a new line
    /// of watermarks, on which it counts once, however often it is taken back.
    /// </remarks>
    public async Task<string?> RestoreAsync(string name, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is not { } file || await blobs.ReadAsync(name, cancellationToken) is not { } content) throw new FileNotFoundException($"{name} is not set aside", name);
        if (await RecentFileCheck.FaultOfAsync(file.RecentName, content.Bytes, cancellationToken) is { } reason) return reason;
        if (!RecentFileName.TryParse(file.RecentName, out var place)) throw new InvalidOperationException($"{file.RecentName} passed the check of its name");
        var unique = XxHash3.HashToUInt64(content.Bytes.Span).ToString("x16", CultureInfo.InvariantCulture);
        await blobs.PutAsync((place with { StreamId = $"restored-{unique}" }).WithUnique(unique), content.Bytes, PutCondition.IfAbsent, cancellationToken);
        await DropAsync(name, cancellationToken);
        return null;
    }

    /// <summary>Drops one for good; false where there is none.</summary>
    public async Task<bool> DropAsync(string name, CancellationToken cancellationToken)
    {
        if (!name.StartsWith(Folder, StringComparison.Ordinal)) return false;
        // The note last: as long as it is there, the file is seen.
        var dropped = await blobs.DeleteAsync(name, cancellationToken);
        return await blobs.DeleteAsync(name + NoteSuffix, cancellationToken) || dropped;
    }

    static string NameOf(string recentName) => Folder + recentName[RecentLayout.Folder.Length..];

    sealed record Note(int Version, string Reason, DateTimeOffset At, long Bytes);

    /// <summary>A blob's name in the words of a fault, which begin with it or quote it.</summary>
    [GeneratedRegex(@"recent/[^\s:,;'""]+")]
    private static partial Regex RecentName();
}

/// <summary>A file that was set aside.</summary>
/// <param name="Name">Its blob now.</param>
/// <param name="RecentName">Its blob before.</param>
/// <param name="Reason">Where it is wrong; no value of a property.</param>
/// <param name="ByteCount">As it was found.</param>
public sealed record SetAsideFile(string Name, string RecentName, string Reason, DateTimeOffset At, long ByteCount);
