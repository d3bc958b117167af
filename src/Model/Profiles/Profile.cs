namespace Cairn.Model.Profiles;

/// <summary>What is known of one person or group: property values by name. Never changes.</summary>
/// <param name="Properties">By name, as sent.</param>
/// <param name="UpdatedAtMs">
/// Receipt of the newest update, Unix milliseconds; for a profile as of an event, of the newest that changed something.
/// </param>
public sealed record Profile(IReadOnlyDictionary<string, PropertyValue> Properties, long UpdatedAtMs)
{
    /// <summary>One property's value; null where it isn't set.</summary>
    public PropertyValue? this[string name] => Properties.GetValueOrDefault(name);
}
