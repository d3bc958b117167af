using System.Collections.Immutable;
using System.Text.Json;

namespace Cairn.Storage.Delta.Log;

/// <summary>Reads one action, a line of the log or a row of a checkpoint, into a state.</summary>
/// <remarks>
/// Fields that we do not know are left out, as the protocol says; actions that we do not know are a fault, for a table that needs them has a protocol
/// that we refuse. Source: delta-io/delta, PROTOCOL.md, "Actions".
/// </remarks>
static class ActionReader
{
    /// <summary>Whether an exception means that what was read is malformed.</summary>
    public static bool IsFault(Exception fault) =>
        fault is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException;

    /// <exception cref="Exception">One that <see cref="IsFault"/> knows.</exception>
    public static void Read(JsonElement line, SnapshotBuilder into)
    {
        if (line.ValueKind != JsonValueKind.Object) throw new FormatException($"an action is a JSON object, not {line.ValueKind}");
        var count = 0;
        foreach (var action in line.EnumerateObject())
        {
            if (count++ > 0) throw new FormatException($"one action a line, but '{action.Name}' is a second");
            Read(action.Name, action.Value, into);
        }
        if (count == 0) throw new FormatException("a line without an action");
    }

    static void Read(string name, JsonElement action, SnapshotBuilder into)
    {
        switch (name)
        {
            case "add": into.Add(ReadAdd(action)); break;
            case "remove": into.Remove(ReadRemove(action)); break;
            case "txn": into.Move(new(Text(action, "appId"), action.GetProperty("version").GetInt64(), NumberOr(action, "lastUpdated", 0))); break;
            case "metaData": into.Set(ReadMetadata(action)); break;
            case "protocol": into.Set(ReadProtocol(action)); break;
            case "commitInfo": into.SetCommitId(action.TryGetProperty("txnId", out var id) ? id.GetString() : null); break;
            // Change data is for readers of changes; the table's state is complete without.
            case "cdc": break;
            default: throw new FormatException($"the action '{name}' is not known");
        }
    }

    static DeltaFile ReadAdd(JsonElement add)
    {
        RefuseDeletionVector(add);
        return new(
            Path(add),
            add.GetProperty("size").GetInt64(),
            add.GetProperty("modificationTime").GetInt64(),
            Map(add, "partitionValues")!,
            OrNull(add, "stats") is { } stats ? DeltaStatistics.Parse(stats) : null,
            Has(add, "tags", out _) ? Texts(Map(add, "tags"), "tags") : ImmutableSortedDictionary<string, string>.Empty);
    }

    static DeltaTombstone ReadRemove(JsonElement remove)
    {
        RefuseDeletionVector(remove);
        return new(
            Path(remove),
            NumberOr(remove, "deletionTimestamp", 0),
            NumberOr(remove, "size", 0),
            Has(remove, "partitionValues", out _) ? Map(remove, "partitionValues") : ImmutableSortedDictionary<string, string?>.Empty);
    }

    static DeltaMetadata ReadMetadata(JsonElement metadata)
    {
        var provider = Text(metadata.GetProperty("format"), "provider");
        if (provider != "parquet") throw new FormatException($"the table's format should be parquet, not '{provider}'");
        var (schema, configuration) = SchemaText.Read(Text(metadata, "schemaString"), Texts(Map(metadata, "configuration"), "configuration"));
        var partitions = metadata.GetProperty("partitionColumns").EnumerateArray().Select(column => column.GetString()!).ToImmutableArray();
        foreach (var partition in partitions)
            if (schema.Find(partition) is null) throw new FormatException($"the partition column '{partition}' is not in the schema");
        return new(Text(metadata, "id"), schema, partitions, configuration, NumberOr(metadata, "createdTime", 0));
    }

    static DeltaProtocol ReadProtocol(JsonElement protocol)
    {
        var read = new DeltaProtocol(protocol.GetProperty("minReaderVersion").GetInt32(), protocol.GetProperty("minWriterVersion").GetInt32());
        if (read.MinReaderVersion > DeltaProtocol.Ours.MinReaderVersion || read.MinWriterVersion > DeltaProtocol.Ours.MinWriterVersion)
            throw new FormatException($"we know protocol {DeltaProtocol.Ours.MinReaderVersion}/{DeltaProtocol.Ours.MinWriterVersion}; the table asks for {protocol.GetRawText()}");
        return read;
    }

    static string Path(JsonElement action)
    {
        var path = Uri.UnescapeDataString(Text(action, "path"));
        if (!path.Split('/').All(part => BlobNames.IsPart(part))) throw new FormatException($"'{path}' is no path below the table's root");
        return path;
    }

    static void RefuseDeletionVector(JsonElement action)
    {
        if (Has(action, "deletionVector", out _)) throw new FormatException("deletion vectors are not read");
    }

    static string Text(JsonElement from, string name) => from.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    static string? OrNull(JsonElement from, string name) => Has(from, name, out var value) ? value.GetString() : null;

    static bool Has(JsonElement from, string name, out JsonElement value) => from.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    static long NumberOr(JsonElement from, string name, long absent) => Has(from, name, out var value) ? value.GetInt64() : absent;

    static ImmutableSortedDictionary<string, string?> Map(JsonElement from, string name)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        foreach (var entry in from.GetProperty(name).EnumerateObject()) map[entry.Name] = entry.Value.GetString();
        return map.ToImmutable();
    }

    static ImmutableSortedDictionary<string, string> Texts(ImmutableSortedDictionary<string, string?> map, string name)
    {
        foreach (var (key, value) in map)
            if (value is null) throw new FormatException($"{name}.{key} is null");
        return map!;
    }
}
