using Cairn.Model.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Profiles that events bring with them: what was known of the user is then their own user properties alone.</summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", <c>$skip_user_properties_sync</c>: such an event neither reads nor writes the user's properties.</remarks>
public sealed class OwnProfiles
{
    /// <summary>The event property that holds them.</summary>
    public const string Property = "$user_properties";

    static readonly Profile Empty = new(new Dictionary<string, PropertyValue>(), 0);

    readonly BooleanColumn? skips;
    readonly TextColumn? properties;

    OwnProfiles(BooleanColumn? skips, TextColumn? properties) => (this.skips, this.properties) = (skips, properties);

    internal static async ValueTask<OwnProfiles> ReadAsync(IEventPart part, ReadCount count, CancellationToken cancellationToken)
    {
        var skips = await ProjectColumns.ReadAsync<BooleanColumn>(part, RowLayout.SkipsProfile, count, cancellationToken);
        return new(skips, skips is null ? null : await ProjectColumns.ReadAsync<TextColumn>(part, RowLayout.Json + Property, count, cancellationToken));
    }

    /// <summary>Whether a row's own properties stand for what was known.</summary>
    public bool Stands(int row) => skips is not null && skips.Values[row] == 1;

    /// <summary>A row's own user properties.</summary>
    public Profile At(int row)
    {
        if (properties is null || properties.Codes[row] == TextColumn.Null) return Empty;
        var values = new Dictionary<string, PropertyValue>(StringComparer.Ordinal);
        foreach (var (name, json) in JsonMembers.Of(properties.Dictionary.Memory(properties.Codes[row])))
            if (PropertyValue.Parse(json) is { } value) values[name] = value;
        return new(values, 0);
    }
}
