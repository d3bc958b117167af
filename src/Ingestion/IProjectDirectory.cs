using Cairn.Model.Identity;

namespace Cairn.Ingestion;

/// <summary>Which project a write token belongs to. Kept above (Projects); the door only asks.</summary>
public interface IProjectDirectory
{
    /// <summary>The project of a write token, an Amplitude API key or a Segment write key; null where no project has it.</summary>
    /// <remarks>Completes at once when the token is known here; a miss is looked up, and remembered for a short time.</remarks>
    /// <exception cref="Storage.StorageUnavailableException">It is not known here and can't be looked up.</exception>
    ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken);

    /// <summary>A project by its id; null where there is none.</summary>
    ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken);
}

/// <summary>What the door and the consumer need to know of a project.</summary>
/// <param name="ProjectId">Lower-case letters and digits, fit for a blob name.</param>
/// <param name="IdentityMode">Mixpanel's identity system here.</param>
/// <param name="TimeZone">IANA name, for reports and daily aggregates.</param>
/// <param name="GroupKeys">Event properties that name groups (Mixpanel).</param>
public sealed record IngestProject(string ProjectId, IdentityMode IdentityMode, string TimeZone, IReadOnlyList<string> GroupKeys);
