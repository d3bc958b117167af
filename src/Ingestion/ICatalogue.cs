namespace Cairn.Ingestion;

/// <summary>What a project's people decided about events by name. Kept above (Projects/Catalogue); the door only asks.</summary>
public interface ICatalogue
{
    /// <summary>The rule for an event's name; asked once an event, so it answers from memory.</summary>
    EventRule RuleFor(string projectId, ReadOnlySpan<byte> utf8Name);
}

/// <summary>What is to become of an event.</summary>
/// <param name="IsBlocked">Turned away, quietly: nothing of it is kept.</param>
/// <param name="NewName">Kept under this name (UTF-8); empty: under its own.</param>
public readonly record struct EventRule(bool IsBlocked, ReadOnlyMemory<byte> NewName)
{
    /// <summary>Kept as it came.</summary>
    public static EventRule Keep => default;
}

/// <summary>A catalogue without a rule: every event is kept under its own name.</summary>
public sealed class OpenCatalogue : ICatalogue
{
    public EventRule RuleFor(string projectId, ReadOnlySpan<byte> utf8Name) => EventRule.Keep;
}
