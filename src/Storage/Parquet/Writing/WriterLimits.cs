namespace Cairn.Storage.Parquet;

/// <summary>Sizes that the writer keeps to.</summary>
static class WriterLimits
{
    /// <summary>Rows of a page: a row group of our tables (32 k rows) is one page, and a reader's buffers stay in its cache. A multiple of 64, so that masks are cut at words.</summary>
    public const int MaxRowsPerPage = 1 << 16;

    /// <summary>Bytes of plain texts after which a page ends (give or take one text's length times 64), as other writers do.</summary>
    public const int PageBytes = 1 << 20;

    /// <summary>Bytes of a dictionary page; past it values are written plain, for readers hold a whole dictionary in memory.</summary>
    public const int MaxDictionaryBytes = 1 << 20;

    /// <summary>A chunk is compressed where that takes off at least this share of it: less is not worth decompressing for.</summary>
    public const double MinSavedShare = 0.05;
}
