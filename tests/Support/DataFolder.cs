using System.IO.Compression;
using System.Text;
using Cairn.Storage.Parquet;

namespace Cairn.Support;

/// <summary>Looks through a data folder as somebody would who distrusts it: every file byte by byte, and unpacked where it is packed.</summary>
public static class DataFolder
{
    static readonly byte[] GzipMagic = [0x1F, 0x8B], ZipMagic = [0x50, 0x4B, 0x03, 0x04];

    /// <summary>The files in which one of some texts stands: in their bytes, in what gzip or zip packed, or in a column's text of a Parquet file.</summary>
    public static IReadOnlyList<string> FilesWith(string folder, params string[] texts)
    {
        var patterns = texts.Select(Encoding.UTF8.GetBytes).ToArray();
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not "lock").Where(file => Holds(file, patterns)).Order(StringComparer.Ordinal)];
    }

    static bool Holds(string file, byte[][] patterns)
    {
        byte[] bytes;
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }
        catch (IOException)
        {
            // Deleted, or locked by the app: such a file holds a lock and nothing else.
            return false;
        }
        if (Matches(bytes, patterns)) return true;
        if (bytes.AsSpan().StartsWith(GzipMagic)) return Matches(Unpack(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)), patterns);
        if (bytes.AsSpan().StartsWith(ZipMagic))
        {
            using var zip = new ZipArchive(new MemoryStream(bytes));
            return zip.Entries.Any(entry => Matches(Unpack(entry.Open()), patterns));
        }
        return bytes.AsSpan().StartsWith("PAR1"u8) && HoldsInParquet(file, bytes, patterns);
    }

    static bool HoldsInParquet(string file, byte[] bytes, byte[][] patterns)
    {
        var reader = ParquetReader.Open(file, bytes);
        for (var group = 0; group < reader.RowGroups.Count; group++)
            for (var column = 0; column < reader.Schema.Leaves.Count; column++)
                if (reader.Read(group, column) is TextColumn texts && Matches(texts.Texts.Bytes, patterns)) return true;
        return false;
    }

    static bool Matches(ReadOnlySpan<byte> bytes, byte[][] patterns)
    {
        foreach (var pattern in patterns)
            if (bytes.IndexOf(pattern) >= 0) return true;
        return false;
    }

    static byte[] Unpack(Stream packed)
    {
        using var unpacked = new MemoryStream();
        packed.CopyTo(unpacked);
        packed.Dispose();
        return unpacked.ToArray();
    }
}
