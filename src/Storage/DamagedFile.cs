using Cairn.Storage.Delta;
using Cairn.Storage.Parquet;

namespace Cairn.Storage;

/// <summary>Faults of stored bytes that are not what we wrote: torn, altered, lost from among others. Their messages name the file and no property's value.</summary>
public static class DamagedFile
{
    public static bool Is(Exception fault) => fault is ParquetFormatException or DeltaFormatException or RemakableFileException or InvalidDataException;
}
