using Cairn.Model.Identity;
using NodaTime;

namespace Cairn.Projects.Keys;

/// <summary>What a project's settings may be.</summary>
public static class ProjectRules
{
    /// <summary>Characters; longer ones don't fit a menu.</summary>
    public const int MaxNameLength = 100;

    /// <summary>A hundred years: longer is for ever.</summary>
    public const int MaxRetentionDays = 36_500;

    /// <summary>Group keys of a project; each adds a column and a lookup per event.</summary>
    public const int MaxGroupKeys = 20;

    /// <summary>Characters of one group key, as of any property's name (Mixpanel docs, "Limits").</summary>
    public const int MaxGroupKeyLength = 255;

    /// <summary>Everything wrong with a change, by the fields' names on the wire; empty where it is fine.</summary>
    /// <param name="isNew">Whether a name is needed.</param>
    public static IReadOnlyList<FieldError> Check(ProjectChange change, bool isNew)
    {
        var errors = new List<FieldError>();
        if (change.Name is null ? isNew : string.IsNullOrWhiteSpace(change.Name) || change.Name.Length > MaxNameLength || change.Name.Any(char.IsControl))
            errors.Add(new("name", change.Name is null ? "A project needs a name." : "This is no name.", $"1 to {MaxNameLength} characters"));
        if (change.TimeZone is { } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
            errors.Add(new("time_zone", $"There is no time zone '{Shorten(zone)}'.", "an IANA name, such as Europe/Berlin, America/New_York or UTC"));
        if (change.Retention is { Days: < 1 or > MaxRetentionDays })
            errors.Add(new("retention_days", $"{change.Retention.Value.Days} is out of range.", $"1 to {MaxRetentionDays}, or null to keep events for ever"));
        if (change.IdentityMode is { } mode && !Enum.IsDefined(mode))
            errors.Add(new("identity_mode", "There is no such mode.", "simplified or original"));
        if (change.GroupKeys is { } keys) CheckGroupKeys(keys, errors);
        return errors;
    }

    static void CheckGroupKeys(IReadOnlyList<string> keys, List<FieldError> errors)
    {
        const string valid = "up to 20 different property names, such as [\"company_id\"]";
        if (keys.Count > MaxGroupKeys) errors.Add(new("group_keys", $"These are {keys.Count} keys.", valid));
        else if (keys.Any(key => string.IsNullOrWhiteSpace(key) || key.Length > MaxGroupKeyLength))
            errors.Add(new("group_keys", $"A key is a property's name, of 1 to {MaxGroupKeyLength} characters.", valid));
        else if (keys.Distinct(StringComparer.Ordinal).Count() < keys.Count) errors.Add(new("group_keys", "A key stands there twice.", valid));
    }

    static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
