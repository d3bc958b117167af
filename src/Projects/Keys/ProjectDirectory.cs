using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Cairn.Ingestion;
using Cairn.Storage;

namespace Cairn.Projects.Keys;

/// <summary>Which project a token means, remembered: a known token costs one look in a dictionary.</summary>
/// <remarks>
/// A change made in this process is seen at once. One made elsewhere is seen within <see cref="VisibleElsewhereWithin"/>, a token new elsewhere within
/// <see cref="MissRememberedFor"/>. While the tables can't be reached, what was known goes on being known: events are not turned away for that.
/// </remarks>
public sealed class ProjectDirectory(ITableStore tables, ProjectStore projects, KeyChanges changes, TimeProvider clock) : IProjectDirectory
{
    /// <summary>How long a project or token is remembered before it is looked up again.</summary>
    public static readonly TimeSpan VisibleElsewhereWithin = TimeSpan.FromSeconds(60);

    /// <summary>How long it is remembered that a token means nothing.</summary>
    public static readonly TimeSpan MissRememberedFor = TimeSpan.FromSeconds(10);

    /// <summary>Tokens and ids remembered; past it all are forgotten, so that strangers' tokens don't fill the memory.</summary>
    const int MaxRemembered = 10_000;

    readonly ConcurrentDictionary<byte[], Remembered> _byToken = new(Utf8Comparer.Instance);
    readonly ConcurrentDictionary<string, Remembered> _byId = new(StringComparer.Ordinal);

    public ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken)
    {
        if (!KeyKinds.MayBeToken(utf8Token.Span)) return ValueTask.FromResult<IngestProject?>(null);
        if (_byToken.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(utf8Token.Span, out var known) && IsFresh(known))
            return ValueTask.FromResult(known.Project);
        return LookUpAsync(_byToken, utf8Token.ToArray(), known, token => FindProjectOfTokenAsync(token, cancellationToken));
    }

    public ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken)
    {
        if (_byId.TryGetValue(projectId, out var known) && IsFresh(known)) return ValueTask.FromResult(known.Project);
        return LookUpAsync(_byId, projectId, known, async id => (await projects.FindAsync(id, cancellationToken))?.ForIngestion());
    }

    async ValueTask<IngestProject?> LookUpAsync<TKey>(
        ConcurrentDictionary<TKey, Remembered> remembered, TKey key, Remembered? known, Func<TKey, Task<IngestProject?>> find)
        where TKey : notnull
    {
        var version = changes.Version;
        try
        {
            var project = await find(key);
            if (remembered.Count >= MaxRemembered) remembered.Clear();
            remembered[key] = new Remembered(project, version, clock.GetTimestamp());
            return project;
        }
        catch (StorageUnavailableException) when (known?.Project is not null && known.Version == version)
        {
            // Better an old answer than none; asked again after the time of a miss.
            remembered[key] = known with { ReadAt = clock.GetTimestamp() - ToTimestamp(VisibleElsewhereWithin - MissRememberedFor) };
            return known.Project;
        }
    }

    async Task<IngestProject?> FindProjectOfTokenAsync(byte[] utf8Token, CancellationToken cancellationToken)
    {
        var address = CredentialAddress.OfToken(Encoding.ASCII.GetString(utf8Token));
        var row = await tables.FindAsync(KeyTables.Credentials, address.PartitionKey, address.RowKey, cancellationToken);
        return row is not null && Credential.Of(row).ProjectId is { } id ? (await projects.FindAsync(id, cancellationToken))?.ForIngestion() : null;
    }

    bool IsFresh(Remembered known) => known.Version == changes.Version
        && clock.GetElapsedTime(known.ReadAt) < (known.Project is null ? MissRememberedFor : VisibleElsewhereWithin);

    long ToTimestamp(TimeSpan duration) => (long)(duration.TotalSeconds * clock.TimestampFrequency);

    sealed record Remembered(IngestProject? Project, long Version, long ReadAt);

    /// <summary>Compares tokens by their bytes, so that a slice of a request's body is looked up without a copy.</summary>
    sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static Utf8Comparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
