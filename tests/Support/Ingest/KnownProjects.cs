using System.Text;
using Cairn.Ingestion;
using Cairn.Model.Identity;
using Cairn.Storage;

namespace Cairn.Support.Ingest;

/// <summary>One project known by some tokens; every other token is nobody's.</summary>
public sealed class KnownProjects(params string[] tokens) : IProjectDirectory
{
    public static IngestProject Shop { get; } = new("shop", IdentityMode.Simplified, "UTC", []);

    /// <summary>The tables that know are away, and nothing is remembered.</summary>
    public bool AreAway { get; set; }

    public ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken) =>
        AreAway ? throw new StorageUnavailableException("away") : new(tokens.Contains(Encoding.UTF8.GetString(utf8Token.Span)) ? Shop : null);

    public ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken) =>
        new(projectId == Shop.ProjectId ? Shop : null);
}
