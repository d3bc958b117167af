namespace Cairn.Projects.Keys;

/// <summary>Counts the changes to projects and keys that were made in this process, so that what is remembered here is forgotten at once.</summary>
/// <remarks>A reader notes the version before it reads the store and keeps it with what it remembers: what was read before a change is never taken for what came after.</remarks>
public sealed class KeyChanges
{
    long _version;

    public long Version => Volatile.Read(ref _version);

    /// <summary>Say so after a change has landed.</summary>
    public void Announce() => Interlocked.Increment(ref _version);
}
