namespace Cairn.Ingestion;

/// <summary>Who asked not to be tracked. Kept above (Projects/Privacy); the door only asks.</summary>
public interface ISuppressions
{
    /// <summary>Whether nothing may be kept of this id in this project.</summary>
    bool IsSuppressed(string projectId, ReadOnlySpan<byte> utf8Id);
}
