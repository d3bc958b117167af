using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Cairn.Storage.Parquet;

namespace Cairn.Storage.Delta.Log;

/// <summary>A version's whole state in one Parquet file, an action a row, and the pointer to the newest.</summary>
/// <remarks>Source: delta-io/delta, PROTOCOL.md, "Checkpoints", "Checkpoint Schema" (V1) and "Last Checkpoint File Schema".</remarks>
static class Checkpoint
{
    static readonly ParquetSchema Schema = new(
    [
        ParquetGroup.Struct("txn", ParquetColumn.Text("appId"), ParquetColumn.Int64("version"), ParquetColumn.Int64("lastUpdated")),
        ParquetGroup.Struct(
            "add",
            ParquetColumn.Text("path"),
            Texts("partitionValues"),
            ParquetColumn.Int64("size"),
            ParquetColumn.Int64("modificationTime"),
            ParquetColumn.Boolean("dataChange"),
            ParquetColumn.Text("stats"),
            Texts("tags")),
        ParquetGroup.Struct(
            "remove",
            ParquetColumn.Text("path"),
            ParquetColumn.Int64("deletionTimestamp"),
            ParquetColumn.Boolean("dataChange"),
            ParquetColumn.Boolean("extendedFileMetadata"),
            Texts("partitionValues"),
            ParquetColumn.Int64("size")),
        ParquetGroup.Struct(
            "metaData",
            ParquetColumn.Text("id"),
            ParquetColumn.Text("name"),
            ParquetColumn.Text("description"),
            ParquetGroup.Struct("format", ParquetColumn.Text("provider"), Texts("options")),
            ParquetColumn.Text("schemaString"),
            ParquetGroup.List("partitionColumns", ParquetColumn.Text("element")),
            Texts("configuration"),
            ParquetColumn.Int64("createdTime")),
        ParquetGroup.Struct("protocol", ParquetColumn.Int32("minReaderVersion"), ParquetColumn.Int32("minWriterVersion")),
    ]);

    /// <summary>The state's file, and how many actions it holds.</summary>
    public static (byte[] Bytes, int RowCount) Write(DeltaSnapshot state)
    {
        var shredder = new JsonShredder(Schema);
        var buffer = new ArrayBufferWriter<byte>();
        Row(json => ActionWriter.Protocol(json, state.Protocol));
        Row(json => ActionWriter.Metadata(json, state.Metadata));
        foreach (var place in state.Places.Values.OrderBy(place => place.AppId, StringComparer.Ordinal)) Row(json => ActionWriter.Transaction(json, place));
        foreach (var file in state.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal)) Row(json => ActionWriter.Add(json, file, dataChange: false));
        foreach (var file in state.Tombstones.Values.OrderBy(file => file.Path, StringComparer.Ordinal)) Row(json => ActionWriter.Remove(json, file, dataChange: false));
        var rowCount = shredder.RowCount;
        using var writer = new ParquetWriter(Schema);
        shredder.WriteTo(writer);
        return (writer.Finish().ToArray(), rowCount);

        void Row(Action<Utf8JsonWriter> action)
        {
            buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(buffer, ActionWriter.Options))
            {
                json.WriteStartObject();
                action(json);
                json.WriteEndObject();
            }
            using var row = JsonDocument.Parse(buffer.WrittenMemory);
            shredder.Add(row.RootElement);
        }
    }

    /// <exception cref="DeltaFormatException">The file is torn or altered, or asks for what we do not read.</exception>
    public static async Task ReadAsync(string file, ReadOnlyMemory<byte> bytes, long version, SnapshotBuilder into, CancellationToken cancellationToken)
    {
        into.BeginCheckpoint(version);
        var line = 0;
        try
        {
            var reader = ParquetReader.Open(file, bytes);
            for (var group = 0; group < reader.RowGroups.Count; group++)
            {
                foreach (var row in await JsonAssembler.ReadAsync(reader, group, _ => true, cancellationToken))
                {
                    line++;
                    using var action = JsonDocument.Parse(row);
                    ActionReader.Read(action.RootElement, into);
                }
            }
        }
        catch (ParquetFormatException torn)
        {
            throw new DeltaFormatException(file, 0, torn.Message, torn);
        }
        catch (Exception fault) when (ActionReader.IsFault(fault))
        {
            throw new DeltaFormatException(file, line, fault.Message, fault);
        }
    }

    public static byte[] WritePointer(long version, int rowCount, int fileCount, long bytes) =>
        System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"version":{{version}},"size":{{rowCount}},"sizeInBytes":{{bytes}},"numOfAddFiles":{{fileCount}}}"""));

    /// <summary>The version of a checkpoint that a pointer's bytes name; null where they are torn.</summary>
    /// <remarks>A pointer only says where to begin: without it the listing is longer and shows the same, and the next checkpoint puts it right.</remarks>
    public static long? TryReadPointer(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var pointer = JsonDocument.Parse(bytes);
            return pointer.RootElement.GetProperty("version").GetInt64() is >= 0 and var version ? version : null;
        }
        catch (Exception fault) when (ActionReader.IsFault(fault))
        {
            return null;
        }
    }

    static ParquetGroup Texts(string name) => ParquetGroup.Map(name, ParquetColumn.Text("key"), ParquetColumn.Text("value"));
}
