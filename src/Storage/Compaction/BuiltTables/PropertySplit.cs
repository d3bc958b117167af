using System.Buffers;
using System.Text.Json;
using Cairn.Model.Profiles;
using Cairn.Storage.Delta;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction.BuiltTables;

/// <summary>Which properties of profiles have columns of their own, up to a limit; the others stand together in one JSON object.</summary>
sealed class PropertySplit
{
    readonly HashSet<string> withColumn;
    readonly ArrayBufferWriter<byte> own = new(), rest = new();

    /// <param name="schema">Properties that have a column keep it.</param>
    /// <param name="names">All there are; room is given in this order.</param>
    public PropertySplit(DeltaSchema schema, IEnumerable<string> names)
    {
        withColumn = schema.Columns.Where(column => column.Kind.Length > 0).Select(column => column.Original).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (withColumn.Count >= RowLayout.MaxPropertyColumns) break;
            withColumn.Add(name);
        }
    }

    /// <summary>Ends a row with a profile's properties.</summary>
    public void End(BuiltRows rows, Profile profile)
    {
        own.ResetWrittenCount();
        rest.ResetWrittenCount();
        var hasRest = false;
        using (var ownJson = new Utf8JsonWriter(own))
        using (var restJson = new Utf8JsonWriter(rest))
        {
            ownJson.WriteStartObject();
            restJson.WriteStartObject();
            foreach (var (name, value) in profile.Properties)
            {
                var into = withColumn.Contains(name) ? ownJson : restJson;
                hasRest |= into == restJson;
                into.WritePropertyName(name);
                into.WriteRawValue(value.Json.Span, skipInputValidation: true);
            }
            ownJson.WriteEndObject();
            restJson.WriteEndObject();
        }
        rows.End(own.WrittenSpan, hasRest ? rest.WrittenSpan : default);
    }
}
