using System.Text;
using System.Text.Json;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Rows;

/// <summary>One event as it is kept, with the person it belongs to now.</summary>
/// <remarks>A view into its part's columns: good for as long as the part's rows are being read.</remarks>
public readonly struct EventRow
{
    readonly RowColumns columns;
    readonly int row;

    internal EventRow(RowColumns columns, int row) => (this.columns, this.row) = (columns, row);

    public string Name => columns.Text(RowLayout.Event, row) ?? "";

    /// <summary>When it happened, Unix milliseconds.</summary>
    public long TimeMs => columns.Whole(RowLayout.Time, row) ?? 0;

    /// <summary>When the door read it, Unix milliseconds.</summary>
    public long ReceivedAtMs => columns.Whole(RowLayout.ReceivedAt, row) ?? 0;

    /// <summary>The id that all linked ids stand for; null for nobody.</summary>
    public string? Person => columns.PersonAt(row);

    public string? DistinctId => columns.Text(RowLayout.DistinctId, row);

    public string? DeviceId => columns.Text(RowLayout.DeviceId, row);

    public string? UserId => columns.Text(RowLayout.UserId, row);

    /// <summary>The sender's own key against duplicates; null where it gave none.</summary>
    public string? InsertId => columns.Text(RowLayout.InsertId, row);

    public string? SessionId => columns.Text(RowLayout.SessionId, row);

    public string? Sdk => columns.Text(RowLayout.Sdk, row);

    public string ItemId => columns.Text(RowLayout.ItemId, row) ?? "";

    public Dialect Dialect => columns.Ids.At(row).Dialect;

    /// <summary>What the row says about who it is from.</summary>
    public SeenIds Ids => columns.Ids.At(row);

    /// <summary>What was known of the person when the event was received; null where nothing was, or where the question was not asked with profiles.</summary>
    public Profile? ProfileAtEvent => columns.ProfileAt(row);

    /// <summary>What is known of the person now; null as above.</summary>
    public Profile? CurrentProfile => columns.CurrentProfileAt(row);

    /// <summary>A property's number; null where the event has none, or one of another type.</summary>
    public double? Number(string property) =>
        columns.Number(RowLayout.Number + property, row) ?? (RestOf(property) is { } json && JsonValue.Parse(json.Span) is { Kind: ValueKind.Number } value ? value.Number : null);

    /// <summary>Whether the event carries a property, of any type.</summary>
    public bool HasProperty(string property)
    {
        foreach (var (_, column, _) in columns.PropertiesNamed(property))
            if (ColumnValues.Has(column, row)) return true;
        return RestOf(property) is not null;
    }

    /// <summary>A property's text; null where the event has none, or one of another type.</summary>
    public string? Text(string property) =>
        columns.Text(RowLayout.Text + property, row) ?? (RestOf(property) is { } json && JsonValue.Parse(json.Span) is { Kind: ValueKind.Text } value ? value.Text : null);

    /// <summary>A property's value, of whatever type; undefined where the event has none.</summary>
    internal Value PropertyValue(string property)
    {
        foreach (var (_, column, isJson) in columns.PropertiesNamed(property))
            if (ColumnValues.Has(column, row)) return ColumnValues.At(column, row, isJson);
        return RestOf(property) is { } json ? JsonValue.Parse(json.Span) : Value.Undefined;
    }

    /// <summary>The groups of a type that the event belongs to; undefined where there is none.</summary>
    internal Value GroupValue(string type)
    {
        foreach (var (name, column, isJson) in columns.Groups)
            if (name == type && ColumnValues.Has(column, row)) return ColumnValues.At(column, row, isJson);
        if (columns.Rest is not { } rest || rest.Codes[row] == TextColumn.Null) return Value.Undefined;
        foreach (var (name, ids) in JsonMembers.OfGroups(rest.Dictionary.Memory(rest.Codes[row])))
            if (name == type) return JsonValue.Parse(ids.Span);
        return Value.Undefined;
    }

    /// <summary>Writes the properties as members of the JSON object that is open, those that <paramref name="isWanted"/> names.</summary>
    public void WriteProperties(Utf8JsonWriter json, Func<string, bool> isWanted)
    {
        foreach (var (name, column, isJson) in columns.Properties)
        {
            if (!ColumnValues.Has(column, row) || !isWanted(name)) continue;
            json.WritePropertyName(name);
            ColumnValues.Write(json, column, row, isJson);
        }
        if (columns.Rest is not { } rest || rest.Codes[row] == TextColumn.Null) return;
        foreach (var (name, value) in JsonMembers.OfProperties(rest.Dictionary.Memory(rest.Codes[row])))
        {
            if (!isWanted(name)) continue;
            json.WritePropertyName(name);
            json.WriteRawValue(value.Span);
        }
    }

    /// <summary>Writes one property's value as JSON; null where the event has none.</summary>
    public void WriteProperty(Utf8JsonWriter json, string property)
    {
        foreach (var (name, column, isJson) in columns.PropertiesNamed(property))
        {
            if (!ColumnValues.Has(column, row)) continue;
            ColumnValues.Write(json, column, row, isJson);
            return;
        }
        if (RestOf(property) is { } value) json.WriteRawValue(value.Span);
        else json.WriteNullValue();
    }

    /// <summary>The value of a property that has no column in the row's file, as JSON; null where the event has none.</summary>
    ReadOnlyMemory<byte>? RestOf(string property)
    {
        if (columns.Rest is not { } rest || rest.Codes[row] == TextColumn.Null) return null;
        foreach (var (name, value) in JsonMembers.OfProperties(rest.Dictionary.Memory(rest.Codes[row])))
            if (name == property) return value;
        return null;
    }

    /// <summary>Writes the groups the event belongs to, type by type, as members of the JSON object that is open.</summary>
    /// <param name="asLists">Whether a single id is written as a list of one.</param>
    public void WriteGroups(Utf8JsonWriter json, bool asLists)
    {
        foreach (var (type, column, isJson) in columns.Groups)
        {
            if (!ColumnValues.Has(column, row)) continue;
            json.WritePropertyName(type);
            if (asLists && !isJson) json.WriteStartArray();
            ColumnValues.Write(json, column, row, isJson);
            if (asLists && !isJson) json.WriteEndArray();
        }
        if (columns.Rest is not { } rest || rest.Codes[row] == TextColumn.Null) return;
        foreach (var (type, ids) in JsonMembers.OfGroups(rest.Dictionary.Memory(rest.Codes[row])))
        {
            var isSingle = ids.Span[0] != '[';
            json.WritePropertyName(type);
            if (asLists && isSingle) json.WriteStartArray();
            json.WriteRawValue(ids.Span);
            if (asLists && isSingle) json.WriteEndArray();
        }
    }
}
