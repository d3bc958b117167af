using Cairn.Ingestion;
using Cairn.Model.Identity;

namespace Cairn.Benchmarks;

/// <summary>A directory in which every token means the same project.</summary>
sealed class OneProject : IProjectDirectory
{
    public static readonly IngestProject Bench = new("bench1", IdentityMode.Simplified, "UTC", []);

    public ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken) => new(Bench);

    public ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken) => new(Bench);
}

/// <summary>Nobody asked not to be tracked.</summary>
sealed class NobodySuppressed : ISuppressions
{
    public bool IsSuppressed(string projectId, ReadOnlySpan<byte> utf8Id) => false;
}
