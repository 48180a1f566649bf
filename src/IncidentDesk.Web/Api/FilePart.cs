using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace IncidentDesk.Web.Api;

/// <summary>The first file of a form, as it comes in and unread yet: its name as the sender says it, and the short fields that stand before it.</summary>
internal sealed record FilePart(Stream Content, string? Name, IReadOnlyDictionary<string, string> Fields)
{
    private const string Type = "multipart/form-data";
    private const int MostFields = 10;
    private const int LongestField = 300;
    private const long MostLeft = 64L << 20;

    /// <summary>Whether the body is a form that may hold a file.</summary>
    public static bool IsForm(HttpRequest request) => request.ContentType?.StartsWith(Type, StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Whether that went wrong because the form is none, or breaks off within.</summary>
    public static bool IsTorn(Exception e) => e is InvalidDataException or FormatException || e.GetType() == typeof(IOException);

    /// <summary>The limit is that of who reads the file, which ends in a sentence; the server's own would end the connection without one. Said before the first byte is read.</summary>
    public static void Unlimit(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    /// <summary>A browser shows no answer before it has sent everything: what is left of the body is thrown away, up to a limit.</summary>
    public static async Task ReadOn(HttpContext http)
    {
        var (buffer, left) = (new byte[1 << 16], MostLeft);
        for (var read = 1; read > 0 && left > 0; left -= read)
        {
            read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted);
        }
    }

    /// <summary>Reads up to the first file; null where there is none, or the form is none.</summary>
    public static async Task<FilePart?> Read(HttpContext http)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        Unlimit(http);
        try
        {
            if (HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(http.Request.ContentType).Boundary) is not { Length: > 0 } boundary)
            {
                return null;
            }

            var form = new MultipartReader(boundary.ToString(), http.Request.Body);
            while (fields.Count < MostFields && await form.ReadNextSectionAsync(http.RequestAborted) is { } part)
            {
                if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition))
                {
                    return null;
                }

                if (disposition.IsFileDisposition())
                {
                    return new FilePart(part.Body, HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value, fields);
                }

                var field = new byte[LongestField];
                var read = await part.Body.ReadAtLeastAsync(field, LongestField, throwOnEndOfStream: false, http.RequestAborted);
                fields[HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? ""] = Encoding.UTF8.GetString(field, 0, read);
            }

            return null;
        }
        catch (Exception e) when (IsTorn(e))
        {
            return null;
        }
    }
}
