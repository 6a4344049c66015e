using System.ComponentModel;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Recordings;
using TtsGrains.Archive.Sessions;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>What was said: segments, manifests and the recording of a whole session.</summary>
internal static class SegmentEndpoints
{
    private static readonly string[] Reading = ["GET", "HEAD"];

    public static void MapSegments(this RouteGroupBuilder routes)
    {
        routes.MapMethods("/sessions/{session}/contexts/{ordinal:int:min(1)}/segments/{flushId:int:min(1)}.wav", Reading, DownloadAsync).WithAccess(RouteAccess.Scope(Scopes.Archive))
            .WithName("downloadSegment").WithSummary("The audio of a segment as a WAV file; takes Range and conditional requests, its ETag is its SHA-256")
            .ProducesWav().ProducesWav(StatusCodes.Status206PartialContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status416RangeNotSatisfiable);
        routes.MapMethods("/sessions/{session}/contexts/{ordinal:int:min(1)}/manifest", Reading, ManifestAsync).WithAccess(RouteAccess.Scope(Scopes.Archive))
            .WithName("contextManifest").WithSummary("What a context said, when and how it went")
            .Produces<ContextManifest>().ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapMethods("/sessions/{session}/recording.wav", Reading, RecordingAsync).WithAccess(RouteAccess.Scope(Scopes.Archive))
            .WithName("sessionRecording").WithSummary("All that the session said, in order, as one WAV file; takes Range and conditional requests")
            .WithDescription("Contexts that differ in form are put into that of the first one, or into the one asked for. Contexts that are still open are not in it.")
            .ProducesWav().ProducesWav(StatusCodes.Status206PartialContent)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status416RangeNotSatisfiable);
    }

    private static async Task<IResult> DownloadAsync(
        ArchiveCaller caller, SessionArchive archive, ArchiveReadRetry patience, string session, int ordinal, int flushId)
    {
        if (await FindContextAsync(caller, archive, patience, session, ordinal) is not { } context)
        {
            return caller.Problem(Problems.ContextNotFound);
        }

        var file = await archive.OpenSegmentAsync(context, flushId, caller.Aborted);
        if (file is null)
        {
            await patience.WhenStoredAsync(KeyOf(caller, session), ordinal, caller.Aborted);
            file = await archive.OpenSegmentAsync(context, flushId, caller.Aborted);
        }

        if (file is null)
        {
            return caller.Problem(Problems.SegmentNotFound);
        }

        var manifest = await archive.FindManifestAsync(context, caller.Aborted);
        var hash = manifest?.Segments.FirstOrDefault(s => s.FlushId == flushId)?.Sha256 ?? await HashAsync(file, caller.Aborted);
        return new RangedFile(TypedResults.Stream(
            file, Wav.ContentType, entityTag: new EntityTagHeaderValue($"\"{hash}\""), enableRangeProcessing: true));
    }

    private static async Task<IResult> ManifestAsync(ArchiveCaller caller, SessionArchive archive, ArchiveReadRetry patience, string session, int ordinal)
    {
        await patience.WhenStoredAsync(KeyOf(caller, session), ordinal, caller.Aborted);
        if (await archive.FindContextAsync(caller.Tenant, session, ordinal, caller.Aborted) is not { } context)
        {
            return caller.Problem(Problems.ContextNotFound);
        }

        return await archive.OpenManifestAsync(context, caller.Aborted) is { } manifest
            ? TypedResults.Stream(manifest, ContextManifest.ContentType)
            : caller.Problem(Problems.ManifestNotFound);
    }

    private static async Task<IResult> RecordingAsync(
        ArchiveCaller caller,
        SessionArchive archive,
        ArchiveReadRetry patience,
        string session,
        [Description(WantedFormat.EncodingHelp), Query(Name = "encoding", Values = ["pcm_f32le", "pcm_s16le", "pcm_mulaw", "pcm_alaw"])] string? encoding = null,
        [Description(WantedFormat.SampleRateHelp), Query(JsonSchemaType.Integer, Name = "sample_rate", Numbers = [8000, 16000, 22050, 24000, 44100, 48000])] string? sampleRate = null)
    {
        if (WantedFormat.TryRead(encoding, sampleRate, out var wanted) is var (name, rule))
        {
            return caller.Problem(ErrorCatalogue.OutOfRange(name, rule));
        }

        if (!await patience.WhenStoredAsync(KeyOf(caller, session), ordinal: null, caller.Aborted))
        {
            return caller.Problem(Problems.NotStoredYet);
        }

        var recording = await StitchedRecording.PlanAsync(archive, caller.Tenant, session, wanted.Of, caller.Aborted);
        if (recording.IsEmpty)
        {
            return caller.Problem(Problems.SessionNotFound);
        }

        // With its length said, a client can tell a recording that broke off.
        return recording.Fits
            ? new RangedFile(TypedResults.Stream(
                recording.OpenRead(), Wav.ContentType, entityTag: new EntityTagHeaderValue($"\"{recording.Tag}\""), enableRangeProcessing: true))
            : caller.Problem(Problems.RecordingTooLong);
    }

    private static async Task<StoredContext?> FindContextAsync(
        ArchiveCaller caller, SessionArchive archive, ArchiveReadRetry patience, string session, int ordinal)
    {
        if (await archive.FindContextAsync(caller.Tenant, session, ordinal, caller.Aborted) is { } found)
        {
            return found;
        }

        await patience.WhenStoredAsync(KeyOf(caller, session), ordinal, caller.Aborted);
        return await archive.FindContextAsync(caller.Tenant, session, ordinal, caller.Aborted);
    }

    private static SessionKey KeyOf(ArchiveCaller caller, string session) => new(caller.Tenant, session);

    /// <summary>A file of which a range that it does not have, or a first part that cannot be decrypted, is a problem document as any other.</summary>
    private sealed class RangedFile(IResult file) : IResult
    {
        public async Task ExecuteAsync(HttpContext http)
        {
            try
            {
                await file.ExecuteAsync(http);
            }
            catch (UnreadableObjectException e) when (!http.Response.HasStarted)
            {
                ForgetFile(http.Response);
                await http.ToUnreadable(e).ExecuteAsync(http);
            }

            if (http.Response is { StatusCode: StatusCodes.Status416RangeNotSatisfiable, HasStarted: false })
            {
                http.Response.ContentLength = null;
                await http.ToProblem(Problems.RangeNotSatisfiable).ExecuteAsync(http);
            }
        }

        private static void ForgetFile(HttpResponse response)
        {
            response.ContentLength = null;
            response.Headers.ContentRange = default;
            response.Headers.ETag = default;
        }
    }

    // Before there is a manifest, while the context is open.
    private static async Task<string> HashAsync(Stream file, CancellationToken cancellationToken)
    {
        var hash = await SHA256.HashDataAsync(file, cancellationToken);
        file.Seek(0, SeekOrigin.Begin);
        return Convert.ToHexStringLower(hash);
    }
}
